// A password check for OpenLDAP's overlay ppolicy: a Kouling policy judges each new password.
//
// slapd 2.5 calls it with a `char **` for the message, 2.6 with a `struct berval *`: KOULING_OPENLDAP_26 chooses the
// second. slapd 2.5 opens and closes this module for every password, so it must be linked with `-z nodelete`, or what
// is kept between two calls is lost, and the policy is read for every password.
#define _POSIX_C_SOURCE 200809L
#include <kouling.h>
#include <ldap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

// The first members of slapd's Entry, whose header is in no package. They are all that we look at.
typedef struct Entry {
    unsigned long id;
    struct berval name;
} Entry;

#ifdef KOULING_OPENLDAP_26
typedef struct berval Message;
#else
typedef char *Message;
#endif

int check_password(char *password, Message *message, Entry *entry, struct berval *argument);

// One for each path that a pwdCheckModuleArg names. There are as many as policy entries, so none is ever dropped.
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
        if (kouling_policy_file_new(kouling_text_of(path), &watched->file, report) == KOULING_OK) {
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

// Where slapd's own messages go: to its syslog facility, and to stderr, which is a terminal or a container's log
// under `slapd -d` and /dev/null otherwise. A line each, as syslog wants it.
static void complain(const char *argument, kouling_text text)
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

// The username is what the entry's own name says: `zhangsan` of `uid=zhangsan,ou=people,dc=example`; every value of a
// name that has several. libldap takes the name apart, since a value may hold escaped commas and bytes.
static uint32_t add_usernames(kouling_facts *facts, const Entry *entry)
{
    LDAPDN name = NULL;
    uint32_t status = KOULING_OK;
    if (!entry || !entry->name.bv_val || !*entry->name.bv_val)
        return KOULING_OK;
    if (ldap_str2dn(entry->name.bv_val, &name, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || !name)
        return KOULING_CANNOT_JUDGE;
    for (LDAPAVA **value = name[0]; status == KOULING_OK && *value; value++) {
        kouling_text text = { (*value)->la_value.bv_val, (*value)->la_value.bv_len };
        status = kouling_facts_add_attribute(facts, kouling_text_of("username"), text);
    }
    ldap_dnfree(name);
    return status;
}

static void write_violations(FILE *text, const kouling_outcome *outcome, const char *language)
{
    for (size_t index = 0; index < kouling_outcome_count(outcome, KOULING_VIOLATIONS); index++) {
        kouling_text tag = kouling_text_of(language);
        kouling_text words = kouling_outcome_message(outcome, KOULING_VIOLATIONS, index, tag);
        kouling_text code = kouling_outcome_code(outcome, KOULING_VIOLATIONS, index);
        fprintf(text, "%s%.*s [%.*s]", index ? "; " : "", (int)words.length, words.data, (int)code.length, code.data);
    }
}

// Whether the password is accepted. Whatever fails, it is not.
static bool judge(const char *password, const Entry *entry, const char *argument, FILE *text)
{
    // "/etc/kouling/acme.toml", or "zh /etc/kouling/acme.toml" for messages in another language.
    const char *path = strchr(argument, '/');
    char language[36];
    kouling_report *report = NULL;
    const kouling_policy *policy = NULL;
    kouling_facts *facts = NULL;
    kouling_outcome *outcome = NULL;
    kouling_policy_file *file = NULL;
    uint32_t status = KOULING_INVALID_ARGUMENT;

    kouling_report_new(&report);
    if (!path || (path > argument && path[-1] != ' ') || path - argument >= (ptrdiff_t)sizeof language)
        complain(argument, kouling_text_of("pwdCheckModuleArg must be the absolute path of a policy"));
    else if ((file = policy_file(path, report)))
        status = kouling_policy_file_policy(file, &policy, report);
    if (status != KOULING_OK) {
        complain(argument, kouling_report_text(report));
        fputs("the password policy cannot be read; nothing was changed", text);
    } else {
        snprintf(language, sizeof language, "%.*s", (int)strcspn(argument, " /"), argument);
        status = kouling_facts_new(time(NULL), &facts);
        if (status == KOULING_OK)
            status = add_usernames(facts, entry);
        if (status == KOULING_OK)
            status = kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, report);
        if (status == KOULING_INVALID_TEXT) {
            fputs("the password is not UTF-8; nothing was changed", text);
        } else if (status != KOULING_OK) {
            complain(argument, kouling_text_of("a password could not be judged"));
            complain(argument, kouling_report_text(report));
            fputs("the password cannot be judged; nothing was changed", text);
        } else {
            write_violations(text, outcome, language);
        }
    }
    bool accepted = status == KOULING_OK && kouling_outcome_accepted(outcome);
    kouling_outcome_free(outcome);
    kouling_facts_free(facts);
    kouling_policy_free(policy);
    kouling_report_free(report);
    return accepted;
}

int check_password(char *password, Message *message, Entry *entry, struct berval *argument)
{
    // slapd frees the text with `free`, in 2.6 too when it is not in the buffer that slapd has for short ones.
    char *said = NULL;
    size_t length = 0;
    FILE *text = open_memstream(&said, &length);
    if (!text)
        return LDAP_OTHER;
    bool accepted = judge(password, entry, argument && argument->bv_val ? argument->bv_val : "", text);
    if (fclose(text) != 0 || accepted || !message) {
        free(said);
    } else {
#ifdef KOULING_OPENLDAP_26
        message->bv_val = said;
        message->bv_len = length;
#else
        *message = said;
#endif
    }
    return accepted ? LDAP_SUCCESS : LDAP_CONSTRAINT_VIOLATION;
}
