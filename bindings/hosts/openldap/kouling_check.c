// A password check module for OpenLDAP's overlay ppolicy: a Kouling policy evaluates each new password.
//
// slapd 2.5 passes a `char **` for the message, 2.6 a `struct berval *`: KOULING_OPENLDAP_26 selects the second. slapd 2.5
// loads and unloads this module for every password, so link it with `-z nodelete`: otherwise its state is lost between two
// calls, and the policy is read for every password.
#define _POSIX_C_SOURCE 200809L
#include <kouling.h>
#include <ldap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>

// The first members of slapd's Entry, Attribute and AttributeDescription, whose header is in no package. They are the same in
// slapd 2.5 and 2.6. The module reads no others, and attributes only for a policy set whose conditions name some.
typedef struct Description {
    struct Description *next;
    void *type;
    struct berval name;
} Description;

typedef struct Attribute {
    const Description *description;
    struct berval *values, *normalized_values;
    unsigned count, flags;
    struct Attribute *next;
} Attribute;

typedef struct Entry {
    unsigned long id;
    struct berval name, normalized_name;
    const Attribute *attributes;
} Entry;

#ifdef KOULING_OPENLDAP_26
typedef struct berval Message;
#else
typedef char *Message;
#endif

int check_password(char *password, Message *message, Entry *entry, struct berval *argument);

// One for each path in a pwdCheckModuleArg. There are only as many as policy entries, so none is ever freed.
static struct watched {
    struct watched *next;
    kouling_policy_file *file;
    char path[];
} *all_watched;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static kouling_policy_file *policy_file(const char *path, kouling_report *report)
{
    pthread_mutex_lock(&lock);
    struct watched *watched = all_watched;
    while (watched && strcmp(watched->path, path) != 0)
        watched = watched->next;
    if (!watched && (watched = malloc(sizeof *watched + strlen(path) + 1))) {
        strcpy(watched->path, path);
        if (kouling_policy_file_new(kouling_text_of(path), &watched->file, report) == KOULING_STATUS_OK) {
            watched->next = all_watched;
            all_watched = watched;
        } else {
            free(watched);
            watched = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    return watched ? watched->file : NULL;
}

// Logs to syslog, as slapd does, and to stderr, which is a terminal or a container's log with `slapd -d` and /dev/null
// otherwise. Each line is a separate message.
static void log_error(const char *argument, kouling_text text)
{
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        int length = (int)(end ? end - text.data : (ptrdiff_t)text.length);
        syslog(LOG_ERR, "kouling: %s: %.*s", argument, length, text.data);
        fprintf(stderr, "kouling: %s: %.*s\n", argument, length, text.data);
        text.data += length + (end != NULL);
        text.length -= (size_t)length + (end != NULL);
    }
}

static bool is_text(kouling_text text, const char *expected)
{
    return text.length == strlen(expected) && memcmp(text.data, expected, text.length) == 0;
}

// The username is the first part of the entry's DN: `zhangsan` in `uid=zhangsan,ou=people,dc=example`, or every value of a
// multi-valued part. libldap parses the DN, since a value may contain escaped commas and bytes.
static kouling_status add_usernames(kouling_facts *facts, const Entry *entry)
{
    LDAPDN name = NULL;
    kouling_status status = KOULING_STATUS_OK;
    if (!entry || !entry->name.bv_val || !*entry->name.bv_val)
        return KOULING_STATUS_OK;
    if (ldap_str2dn(entry->name.bv_val, &name, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || !name)
        return KOULING_STATUS_CANNOT_JUDGE;
    for (LDAPAVA **value = name[0]; status == KOULING_STATUS_OK && *value; value++) {
        kouling_text text = { (*value)->la_value.bv_val, (*value)->la_value.bv_len };
        status = kouling_facts_add_attribute(facts, kouling_text_of("username"), text);
    }
    ldap_dnfree(name);
    return status;
}

static bool is_called(const Description *description, kouling_text name)
{
    return description->name.bv_len == name.length
           && strncasecmp(description->name.bv_val, name.data, name.length) == 0;
}

// Adds the values of an attribute of the entry as they are stored. slapd knows the whole entry, so an attribute that is not
// there is known to be absent.
static kouling_status add_attribute(kouling_facts *facts, const Entry *entry, kouling_text name)
{
    kouling_status status = KOULING_STATUS_OK;
    bool any = false;
    if (is_text(name, "dn")) {
        kouling_text dn = { entry->name.bv_val, entry->name.bv_len };
        return kouling_facts_add_attribute(facts, name, dn);
    }
    for (const Attribute *attribute = entry->attributes; attribute; attribute = attribute->next) {
        if (!is_called(attribute->description, name))
            continue;
        for (unsigned index = 0; status == KOULING_STATUS_OK && index < attribute->count; index++) {
            kouling_text value = { attribute->values[index].bv_val, attribute->values[index].bv_len };
            status = kouling_facts_add_attribute(facts, name, value);
            any = true;
        }
    }
    if (status == KOULING_STATUS_OK && !any)
        status = kouling_facts_add_attribute(facts, name, kouling_text_of(""));
    // INVALID_TEXT would be about the password.
    return status == KOULING_STATUS_INVALID_TEXT ? KOULING_STATUS_CANNOT_JUDGE : status;
}

// Adds the attributes that the conditions of the set name. `username` is already there, and without an entry nothing is known.
static kouling_status add_attributes(kouling_facts *facts, const Entry *entry, const kouling_policy_set *set)
{
    kouling_status status = KOULING_STATUS_OK;
    for (size_t index = 0; entry && status == KOULING_STATUS_OK && index < kouling_policy_set_attribute_count(set); index++) {
        kouling_text name = kouling_policy_set_attribute(set, index);
        if (!is_text(name, "username"))
            status = add_attribute(facts, entry, name);
    }
    return status;
}

static void write_violations(FILE *text, const kouling_outcome *outcome, const char *language)
{
    for (size_t index = 0; index < kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS); index++) {
        kouling_text tag = kouling_text_of(language);
        kouling_text message = kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, index, tag);
        kouling_text code = kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, index);
        fprintf(text, "%s%.*s [%.*s]", index ? "; " : "", (int)message.length, message.data, (int)code.length, code.data);
    }
}

// Returns true if the password is accepted. Errors never count as acceptance.
static bool evaluate(const char *password, const Entry *entry, const char *argument, FILE *text)
{
    // "/etc/kouling/acme.toml", or "zh /etc/kouling/acme.toml" for another language.
    const char *path = strchr(argument, '/');
    char language[36];
    kouling_report *report = NULL;
    const kouling_policy_set *set = NULL;
    const kouling_policy *policy = NULL;
    kouling_facts *facts = NULL;
    kouling_outcome *outcome = NULL;
    kouling_policy_file *file = NULL;
    kouling_status status = KOULING_STATUS_INVALID_ARGUMENT;

    kouling_report_new(&report);
    if (!path || (path > argument && path[-1] != ' ') || path - argument >= (ptrdiff_t)sizeof language)
        log_error(argument, kouling_text_of("pwdCheckModuleArg must be the absolute path of a policy"));
    else if ((file = policy_file(path, report)))
        status = kouling_policy_file_set(file, &set, report);
    if (status != KOULING_STATUS_OK) {
        log_error(argument, kouling_report_text(report));
        fputs("the password policy cannot be read; nothing was changed", text);
    } else {
        snprintf(language, sizeof language, "%.*s", (int)strcspn(argument, " /"), argument);
        status = kouling_facts_new(time(NULL), &facts);
        if (status == KOULING_STATUS_OK)
            status = add_usernames(facts, entry);
        if (status == KOULING_STATUS_OK)
            status = add_attributes(facts, entry, set);
        if (status == KOULING_STATUS_OK)
            status = kouling_policy_set_select(set, facts, &policy, report);
        if (status == KOULING_STATUS_OK)
            status = kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, report);
        if (status == KOULING_STATUS_INVALID_TEXT) {
            fputs("the password is not UTF-8; nothing was changed", text);
        } else if (status != KOULING_STATUS_OK) {
            log_error(argument, kouling_text_of("a password could not be evaluated"));
            log_error(argument, kouling_report_text(report));
            fputs("the password cannot be evaluated; nothing was changed", text);
        } else {
            write_violations(text, outcome, language);
        }
    }
    bool accepted = status == KOULING_STATUS_OK && kouling_outcome_accepted(outcome);
    kouling_outcome_free(outcome);
    kouling_facts_free(facts);
    kouling_policy_free(policy);
    kouling_policy_set_free(set);
    kouling_report_free(report);
    return accepted;
}

int check_password(char *password, Message *message, Entry *entry, struct berval *argument)
{
    // slapd frees the text by `free`; 2.6 does so unless the text is in slapd's own buffer.
    char *buffer = NULL;
    size_t length = 0;
    FILE *text = open_memstream(&buffer, &length);
    if (!text)
        return LDAP_OTHER;
    bool accepted = evaluate(password, entry, argument && argument->bv_val ? argument->bv_val : "", text);
    if (fclose(text) != 0 || accepted || !message) {
        free(buffer);
    } else {
#ifdef KOULING_OPENLDAP_26
        message->bv_val = buffer;
        message->bv_len = length;
#else
        *message = buffer;
#endif
    }
    return accepted ? LDAP_SUCCESS : LDAP_CONSTRAINT_VIOLATION;
}
