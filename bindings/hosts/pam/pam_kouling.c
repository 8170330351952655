/* Kouling in PAM: a new password is judged by a policy before the modules below in the stack store it.
 *
 *     password requisite pam_kouling.so policy=/etc/kouling/policy.toml language=zh
 *
 * PAM loads this file for one change and drops it again, so it keeps nothing: the policy is read for each judgement.
 * It runs inside setuid programs: it reads no environment and no file that the caller of `passwd` could name. */

#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <kouling.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

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
  /* A relative one would be looked for where the caller of a setuid program stands. */
  if (!options->policy || options->policy[0] != '/') {
    pam_syslog(pam, LOG_ERR, "the argument policy=<absolute path> is missing");
    return false;
  }
  return true;
}

static void say(pam_handle_t *pam, int flags, const char *text)
{
  if (!(flags & PAM_SILENT))
    pam_prompt(pam, PAM_ERROR_MSG, NULL, "%s", text);
}

/* Who it is, as far as PAM and the password file know. */
static bool facts_fill(pam_handle_t *pam, const char *user, const char *old, kouling_facts *facts)
{
  const struct passwd *entry = pam_modutil_getpwnam(pam, user);
  /* The full name is what stands before the first comma; there may be none. */
  const char *gecos = entry && entry->pw_gecos ? entry->pw_gecos : "";
  kouling_text name = { gecos, strcspn(gecos, ",") };
  return kouling_facts_add_attribute(facts, kouling_text_of("username"), kouling_text_of(user)) == KOULING_OK
         && (!name.length || kouling_facts_add_attribute(facts, kouling_text_of("name"), name) == KOULING_OK)
         && (!old || kouling_facts_set_current(facts, kouling_text_of(old)) == KOULING_OK);
}

static void refuse(pam_handle_t *pam, int flags, const kouling_outcome *outcome, const char *language)
{
  size_t count = kouling_outcome_count(outcome, KOULING_VIOLATIONS);
  for (size_t index = 0; index < count && !(flags & PAM_SILENT); index++) {
    kouling_text message =
        kouling_outcome_message(outcome, KOULING_VIOLATIONS, index, kouling_text_of(language));
    kouling_text code = kouling_outcome_code(outcome, KOULING_VIOLATIONS, index);
    pam_prompt(pam, PAM_ERROR_MSG, NULL, "%.*s [%.*s]", (int)message.length, message.data, (int)code.length,
               code.data);
  }
}

/* Whether the password is accepted. Whatever goes wrong, it is not. */
static bool accepted(pam_handle_t *pam, int flags, const struct options *options, const char *user,
                     const char *old, const char *password)
{
  kouling_report *report = NULL;
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  bool answer = false;

  kouling_report_new(&report);
  if (kouling_policy_load(kouling_text_of(options->policy), &policy, report) != KOULING_OK) {
    say(pam, flags, "the password policy cannot be read; nothing was changed");
  } else if (kouling_facts_new(time(NULL), &facts) != KOULING_OK || !facts_fill(pam, user, old, facts)) {
    pam_syslog(pam, LOG_ERR, "what is known of the user is not UTF-8");
    say(pam, flags, "the password cannot be judged; nothing was changed");
  } else if (kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, report) != KOULING_OK) {
    say(pam, flags, "the password cannot be judged; nothing was changed");
  } else if (!(answer = kouling_outcome_accepted(outcome))) {
    refuse(pam, flags, outcome, options->language);
  }
  for (size_t index = 0; index < kouling_report_count(report); index++) {
    kouling_text file = kouling_report_file(report, index);
    kouling_text message = kouling_report_message(report, index);
    /* A line each, for syslog has no other. What is wrong with a password stands in no file. */
    if (file.length)
      pam_syslog(pam, LOG_ERR, "%.*s:%zu: %.*s", (int)file.length, file.data, kouling_report_line(report, index),
                 (int)message.length, message.data);
    else
      pam_syslog(pam, LOG_ERR, "%.*s", (int)message.length, message.data);
  }
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  kouling_policy_free(policy);
  kouling_report_free(report);
  return answer;
}

PAM_EXTERN int pam_sm_chauthtok(pam_handle_t *pam, int flags, int count, const char **arguments)
{
  struct options options;
  const char *user = NULL, *password = NULL;
  const void *old = NULL;

  /* PAM asks every module twice. The first time none may change anything, and there is no password yet. */
  if (flags & PAM_PRELIM_CHECK)
    return PAM_SUCCESS;
  if (!options_read(pam, count, arguments, &options)) {
    say(pam, flags, "the password policy cannot be read; nothing was changed");
    return PAM_AUTHTOK_ERR;
  }
  /* Asks for it, twice, unless a module above has; it belongs to PAM. */
  if (pam_get_user(pam, &user, NULL) != PAM_SUCCESS || !user
      || pam_get_authtok(pam, PAM_AUTHTOK, &password, NULL) != PAM_SUCCESS || !password)
    return PAM_AUTHTOK_ERR;
  /* The one host that knows it, if a module below asked in the first round; `chpasswd` as root asks nobody. */
  if (pam_get_item(pam, PAM_OLDAUTHTOK, &old) != PAM_SUCCESS)
    old = NULL;
  if (accepted(pam, flags, &options, user, old, password))
    return PAM_SUCCESS;
  /* So that no module below finds it and stores it after all. */
  pam_set_item(pam, PAM_AUTHTOK, NULL);
  return PAM_AUTHTOK_ERR;
}
