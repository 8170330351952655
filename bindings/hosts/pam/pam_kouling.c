/* A PAM module: a Kouling policy evaluates a new password before the modules below in the stack store it, and decides at a
 * sign-in whether the password has expired.
 *
 *     password requisite pam_kouling.so policy=/etc/kouling/policy.toml language=zh
 *     account  required  pam_kouling.so policy=/etc/kouling/policy.toml language=zh
 *
 * PAM loads this module for one change and unloads it again, so the policy is read for each change. It runs inside setuid
 * programs: it reads no environment variable, and no file that the caller of `passwd` could choose. */

/* getgrouplist is in no standard. */
#define _DEFAULT_SOURCE
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <kouling.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

#define DAY 86400

struct options {
  const char *policy, *language;
};

static bool options_read(pam_handle_t *pam, int count, const char **arguments, struct options *options)
{
  options->policy = options->language = NULL;
  for (int index = 0; index < count; index++) {
    if (strncmp(arguments[index], "policy=", 7) == 0)
      options->policy = arguments[index] + 7;
    else if (strncmp(arguments[index], "language=", 9) == 0)
      options->language = arguments[index] + 9;
    else {
      pam_syslog(pam, LOG_ERR, "unknown argument: %s", arguments[index]);
      return false;
    }
  }
  /* A relative path would be resolved against a directory that the caller of a setuid program chooses. */
  if (!options->policy || options->policy[0] != '/') {
    pam_syslog(pam, LOG_ERR, "missing argument policy=<absolute path>");
    return false;
  }
  return true;
}

static void say(pam_handle_t *pam, int flags, const char *text)
{
  if (!(flags & PAM_SILENT))
    pam_prompt(pam, PAM_ERROR_MSG, NULL, "%s", text);
}

/* The groups of a user that count. A user in more groups has an unknown population, so the change is refused. */
#define MAX_GROUPS 256

/* Adds the names of the user's groups, by which a policy set can select a policy. */
static bool groups_fill(pam_handle_t *pam, const struct passwd *entry, kouling_facts *facts)
{
  const kouling_text attribute = kouling_text_of("group");
  gid_t groups[MAX_GROUPS];
  int count = MAX_GROUPS;
  bool any = false;
  if (!entry)
    return true;
  if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0) {
    pam_syslog(pam, LOG_ERR, "the user is in more than %d groups", MAX_GROUPS);
    return false;
  }
  for (int index = 0; index < count; index++) {
    const struct group *group = pam_modutil_getgrgid(pam, groups[index]);
    /* A group without a name cannot be named by a policy. */
    if (!group)
      continue;
    if (kouling_facts_add_attribute(facts, attribute, kouling_text_of(group->gr_name)) != KOULING_STATUS_OK)
      return false;
    any = true;
  }
  return any || kouling_facts_add_attribute(facts, attribute, kouling_text_of("")) == KOULING_STATUS_OK;
}

/* Logs every problem of a report. */
static void log_report(pam_handle_t *pam, const kouling_report *report)
{
  for (size_t index = 0; index < kouling_report_count(report); index++) {
    kouling_text file = kouling_report_file(report, index);
    kouling_text message = kouling_report_message(report, index);
    const size_t line = kouling_report_line(report, index);
    /* One line for each problem, as syslog requires. Problems of a password have no file, and a file that cannot be read
       has no lines. */
    if (line)
      pam_syslog(pam, LOG_ERR, "%.*s:%zu: %.*s", (int)file.length, file.data, line, (int)message.length, message.data);
    else
      pam_syslog(pam, LOG_ERR, "%.*s", (int)message.length, message.data);
  }
}

/* Adds when the current password was set, unless root sets a new one or a change is required. */
static bool age_fill(pam_handle_t *pam, int flags, const char *user, kouling_facts *facts)
{
  const struct spwd *entry = pam_modutil_getspnam(pam, user);
  if (getuid() == 0 || (flags & PAM_CHANGE_EXPIRED_AUTHTOK) || !entry || entry->sp_lstchg <= 0)
    return true;
  return kouling_facts_set_password_set(facts, (int64_t)entry->sp_lstchg * DAY) == KOULING_STATUS_OK;
}

/* Adds what PAM, the password file and the group file know about the user. */
static bool facts_fill(pam_handle_t *pam, const char *user, const char *old, kouling_facts *facts)
{
  const struct passwd *entry = pam_modutil_getpwnam(pam, user);
  /* The full name is the part before the first comma, and may be empty. */
  const char *gecos = entry && entry->pw_gecos ? entry->pw_gecos : "";
  kouling_text name = { gecos, strcspn(gecos, ",") };
  return kouling_facts_add_attribute(facts, kouling_text_of("username"), kouling_text_of(user)) == KOULING_STATUS_OK
         && (!name.length || kouling_facts_add_attribute(facts, kouling_text_of("name"), name) == KOULING_STATUS_OK)
         && groups_fill(pam, entry, facts)
         && (!old || kouling_facts_set_current(facts, kouling_text_of(old)) == KOULING_STATUS_OK);
}

static void refuse(pam_handle_t *pam, int flags, const kouling_outcome *outcome, const char *language)
{
  size_t count = kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS);
  for (size_t index = 0; index < count && !(flags & PAM_SILENT); index++) {
    kouling_text message =
        kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, index, kouling_text_of(language));
    kouling_text code = kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, index);
    pam_prompt(pam, PAM_ERROR_MSG, NULL, "%.*s [%.*s]", (int)message.length, message.data, (int)code.length,
               code.data);
  }
}

/* Returns true if the password is accepted. Errors never count as acceptance. */
static bool accepted(pam_handle_t *pam, int flags, const struct options *options, const char *user,
                     const char *old, const char *password)
{
  kouling_report *report = NULL;
  const kouling_policy_set *set = NULL;
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  bool result = false;

  kouling_report_new(&report);
  if (kouling_policy_set_load(kouling_text_of(options->policy), &set, report) != KOULING_STATUS_OK) {
    say(pam, flags, "the password policy cannot be read; nothing was changed");
  } else if (kouling_facts_new(time(NULL), &facts) != KOULING_STATUS_OK || !facts_fill(pam, user, old, facts)
             || !age_fill(pam, flags, user, facts)) {
    pam_syslog(pam, LOG_ERR, "the user's name, GECOS field or groups cannot be used");
    say(pam, flags, "the password cannot be evaluated; nothing was changed");
  } else if (kouling_policy_set_select(set, facts, &policy, report) != KOULING_STATUS_OK) {
    say(pam, flags, "the password cannot be evaluated; nothing was changed");
  } else if (kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, report) != KOULING_STATUS_OK) {
    say(pam, flags, "the password cannot be evaluated; nothing was changed");
  } else if (!(result = kouling_outcome_accepted(outcome))) {
    refuse(pam, flags, outcome, options->language);
  }
  log_report(pam, report);
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  kouling_policy_free(policy);
  kouling_policy_set_free(set);
  kouling_report_free(report);
  return result;
}

PAM_EXTERN int pam_sm_chauthtok(pam_handle_t *pam, int flags, int count, const char **arguments)
{
  struct options options;
  const char *user = NULL, *password = NULL;
  const void *old = NULL;

  /* PAM calls every module twice. In the first round nothing may change, and there is no new password yet. */
  if (flags & PAM_PRELIM_CHECK)
    return PAM_SUCCESS;
  if (!options_read(pam, count, arguments, &options)) {
    say(pam, flags, "the password policy cannot be read; nothing was changed");
    return PAM_AUTHTOK_ERR;
  }
  /* Prompts for the password twice, unless a module above did. PAM owns the text. */
  if (pam_get_user(pam, &user, NULL) != PAM_SUCCESS || !user
      || pam_get_authtok(pam, PAM_AUTHTOK, &password, NULL) != PAM_SUCCESS || !password)
    return PAM_AUTHTOK_ERR;
  /* The old password, if a module below prompted for it in the first round; `chpasswd` as root does not. */
  if (pam_get_item(pam, PAM_OLDAUTHTOK, &old) != PAM_SUCCESS)
    old = NULL;
  if (accepted(pam, flags, &options, user, old, password))
    return PAM_SUCCESS;
  /* Delete the password, so that no module below stores it. */
  pam_set_item(pam, PAM_AUTHTOK, NULL);
  return PAM_AUTHTOK_ERR;
}

/* Writes what the shadow file knows about the user as the account of kouling_policy_standing. A date of 0 requires a change;
   without a date the time of the password is unknown. */
static void account_write(pam_handle_t *pam, const char *user, char *text, size_t size)
{
  const struct spwd *entry = pam_modutil_getspnam(pam, user);
  char set[32] = "null";
  if (!entry) {
    snprintf(text, size, "{}");
    return;
  }
  if (entry->sp_lstchg > 0)
    snprintf(set, sizeof set, "%lld", (long long)entry->sp_lstchg * DAY);
  bool is_disabled = entry->sp_expire >= 0 && (int64_t)time(NULL) >= (int64_t)entry->sp_expire * DAY;
  snprintf(text, size, "{\"password_set\": %s, \"must_change\": %s, \"disabled\": %s}", set,
           entry->sp_lstchg == 0 ? "true" : "false", is_disabled ? "true" : "false");
}

/* Returns the code of PAM for a decision. A standing that this module does not know refuses. */
static int account_code(const kouling_decision *decision)
{
  switch (kouling_decision_standing(decision)) {
  case KOULING_STANDING_FINE:
  case KOULING_STANDING_WARN:
  case KOULING_STANDING_GRACE:
    return PAM_SUCCESS;
  case KOULING_STANDING_MUST_CHANGE:
    return PAM_NEW_AUTHTOK_REQD;
  case KOULING_STANDING_DISABLED:
    return PAM_ACCT_EXPIRED;
  default:
    return PAM_PERM_DENIED;
  }
}

PAM_EXTERN int pam_sm_acct_mgmt(pam_handle_t *pam, int flags, int count, const char **arguments)
{
  struct options options;
  const char *user = NULL;
  char account[160];
  kouling_report *report = NULL;
  const kouling_policy_set *set = NULL;
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_decision *decision = NULL;
  int code = PAM_PERM_DENIED;

  if (!options_read(pam, count, arguments, &options)) {
    say(pam, flags, "the password policy cannot be read; you cannot sign in");
    return PAM_PERM_DENIED;
  }
  if (pam_get_user(pam, &user, NULL) != PAM_SUCCESS || !user)
    return PAM_USER_UNKNOWN;
  account_write(pam, user, account, sizeof account);
  kouling_report_new(&report);
  if (kouling_policy_set_load(kouling_text_of(options.policy), &set, report) != KOULING_STATUS_OK) {
    say(pam, flags, "the password policy cannot be read; you cannot sign in");
  } else if (kouling_facts_new(time(NULL), &facts) != KOULING_STATUS_OK || !facts_fill(pam, user, NULL, facts)
             || kouling_policy_set_select(set, facts, &policy, report) != KOULING_STATUS_OK) {
    say(pam, flags, "the policy of the user is unknown; you cannot sign in");
  } else if (kouling_policy_standing(policy, kouling_text_of(account), time(NULL), &decision, report)
             != KOULING_STATUS_OK) {
    say(pam, flags, "it cannot be decided whether the password has expired; you cannot sign in");
  } else {
    code = account_code(decision);
    kouling_text message = kouling_decision_message(decision, kouling_text_of(options.language));
    if (kouling_decision_standing(decision) != KOULING_STANDING_FINE && !(flags & PAM_SILENT))
      pam_prompt(pam, code == PAM_SUCCESS ? PAM_TEXT_INFO : PAM_ERROR_MSG, NULL, "%.*s", (int)message.length,
                 message.data);
  }
  log_report(pam, report);
  kouling_decision_free(decision);
  kouling_facts_free(facts);
  kouling_policy_free(policy);
  kouling_policy_set_free(set);
  kouling_report_free(report);
  return code;
}
