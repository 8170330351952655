// A password quality module for MIT Kerberos: a Kouling policy evaluates each new password.
//
// kadmind and kadmin.local load it when they start, and call it from one thread.
#define _DEFAULT_SOURCE // the headers of Kerberos need `u_int`
#include <com_err.h>
#include <errno.h>
#include <kouling.h>
#include <krb5/pwqual_plugin.h>
#include <profile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// The section `[kouling]` of krb5.conf or kdc.conf.
struct krb5_pwqual_moddata_st {
    char *path, *language; // allocated by the profile library
    kouling_policy_file *file;
};

krb5_error_code pwqual_kouling_initvt(krb5_context context, int major, int minor, krb5_plugin_vtable vtable);

static void close_module(krb5_context context, krb5_pwqual_moddata data)
{
    (void)context;
    if (!data)
        return;
    kouling_policy_file_free(data->file);
    profile_release_string(data->path);
    profile_release_string(data->language);
    free(data);
}

// Without a path, fail at startup: otherwise no password could ever be set.
static krb5_error_code open_module(krb5_context context, const char *dictionary, krb5_pwqual_moddata *out)
{
    struct _profile_t *profile = NULL;
    krb5_pwqual_moddata data = calloc(1, sizeof *data);
    krb5_error_code code = data ? krb5_get_profile(context, &profile) : ENOMEM;
    (void)dictionary;
    if (code == 0)
        code = profile_get_string(profile, "kouling", "policy", NULL, NULL, &data->path);
    if (code == 0)
        code = profile_get_string(profile, "kouling", "language", NULL, "en", &data->language);
    if (code == 0 && (!data->path || data->path[0] != '/')) {
        code = EINVAL;
        krb5_set_error_message(context, code, "kouling: [kouling] policy must be the absolute path of a policy");
    }
    if (code == 0 && kouling_policy_file_new(kouling_text_of(data->path), &data->file, NULL) != KOULING_STATUS_OK)
        code = ENOMEM;
    if (profile)
        profile_release(profile);
    if (code == 0)
        *out = data;
    else
        close_module(context, data);
    return code;
}

// kpasswd shows its user only one of four error codes, so each violation is mapped to the most helpful one.
static krb5_error_code error_code(kouling_text code)
{
    static const struct { const char *start; krb5_error_code code; } table[] = {
        { "length.too_short", KADM5_PASS_Q_TOOSHORT },
        { "characters.missing_", KADM5_PASS_Q_CLASS },
        { "characters.too_few_classes", KADM5_PASS_Q_CLASS },
        { "variety.", KADM5_PASS_Q_CLASS },
        { "words.", KADM5_PASS_Q_DICT },
        { "breached.", KADM5_PASS_Q_DICT },
        { "strength.", KADM5_PASS_Q_DICT },
    };
    for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
        size_t length = strlen(table[row].start);
        if (code.length >= length && memcmp(code.data, table[row].start, length) == 0)
            return table[row].code;
    }
    return KADM5_PASS_Q_GENERIC;
}

// The password could not be evaluated, so it is refused. The user sees `message`; com_err writes the reason to kadmind's
// log, or to the terminal of kadmin.local.
static krb5_error_code refuse_unevaluated(krb5_context context, const char *path, const char *message,
                                          const kouling_report *report)
{
    kouling_text why = kouling_report_text(report);
    com_err("kouling", KADM5_PASS_Q_GENERIC, "while evaluating the Kouling policy %s: %.*s",
            path, (int)why.length, why.data ? why.data : "");
    krb5_set_error_message(context, KADM5_PASS_Q_GENERIC, "%s; nothing was changed", message);
    return KADM5_PASS_Q_GENERIC;
}

// All violations with messages and codes; the first one determines the error code.
static krb5_error_code refuse(krb5_context context, const kouling_outcome *outcome, const char *language)
{
    krb5_error_code code = error_code(kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, 0));
    char *buffer = NULL;
    size_t length = 0;
    FILE *text = open_memstream(&buffer, &length);
    for (size_t index = 0; text && index < kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS); index++) {
        kouling_text tag = kouling_text_of(language);
        kouling_text message = kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, index, tag);
        kouling_text name = kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, index);
        fprintf(text, "%s%.*s [%.*s]", index ? "; " : "", (int)message.length, message.data, (int)name.length, name.data);
    }
    if (text && fclose(text) == 0)
        krb5_set_error_message(context, code, "%s", buffer);
    free(buffer);
    return code;
}

static kouling_status add_attribute(kouling_facts *facts, const char *name, const char *value, unsigned length)
{
    kouling_text text = { value, length };
    return kouling_facts_add_attribute(facts, kouling_text_of(name), text);
}

// `li/admin@EXAMPLE.ORG` has the username `li` and the instance `admin`. A principal without an instance or a policy has
// none: that is known.
static kouling_status add_attributes(kouling_facts *facts, krb5_principal principal, const char *policy_name)
{
    kouling_status status = KOULING_STATUS_OK;
    if (principal && principal->length > 0) {
        const krb5_data *parts = principal->data, *realm = &principal->realm;
        bool is_plain = principal->length == 1;
        status = add_attribute(facts, "username", parts[0].data, parts[0].length);
        if (status == KOULING_STATUS_OK)
            status = add_attribute(facts, "instance", is_plain ? "" : parts[1].data, is_plain ? 0 : parts[1].length);
        if (status == KOULING_STATUS_OK)
            status = add_attribute(facts, "realm", realm->data, realm->length);
    }
    const char *name = policy_name ? policy_name : "";
    return status == KOULING_STATUS_OK ? add_attribute(facts, "policy", name, (unsigned)strlen(name)) : status;
}

static krb5_error_code check(krb5_context context, krb5_pwqual_moddata data, const char *password,
                             const char *policy_name, krb5_principal principal, const char **languages)
{
    const char *language = languages && languages[0] ? languages[0] : data->language;
    kouling_report *report = NULL;
    const kouling_policy *policy = NULL;
    kouling_facts *facts = NULL;
    kouling_outcome *outcome = NULL;
    krb5_error_code code;

    kouling_report_new(&report);
    kouling_status status = kouling_facts_new(time(NULL), &facts);
    if (status == KOULING_STATUS_OK)
        status = add_attributes(facts, principal, policy_name);
    bool is_readable = true;
    if (status == KOULING_STATUS_OK) {
        status = kouling_policy_file_select(data->file, facts, &policy, report);
        is_readable = status == KOULING_STATUS_OK || status == KOULING_STATUS_CANNOT_JUDGE;
    }
    if (status == KOULING_STATUS_OK)
        status = kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, report);
    if (!is_readable)
        code = refuse_unevaluated(context, data->path, "the password policy cannot be read", report);
    else if (status != KOULING_STATUS_OK)
        code = refuse_unevaluated(context, data->path,
                                  status == KOULING_STATUS_INVALID_TEXT ? "the password is not UTF-8"
                                                                        : "the password cannot be evaluated",
                                  report);
    else if (kouling_outcome_accepted(outcome))
        code = 0;
    else
        code = refuse(context, outcome, language);
    kouling_outcome_free(outcome);
    kouling_facts_free(facts);
    kouling_policy_free(policy);
    kouling_report_free(report);
    return code;
}

krb5_error_code pwqual_kouling_initvt(krb5_context context, int major, int minor, krb5_plugin_vtable vtable)
{
    (void)context;
    (void)minor;
    if (major != 1)
        return KRB5_PLUGIN_VER_NOTSUPP;
    krb5_pwqual_vtable functions = (krb5_pwqual_vtable)vtable;
    functions->name = "kouling";
    functions->open = open_module;
    functions->check = check;
    functions->close = close_module;
    return 0;
}
