/* A password validation plugin for MariaDB: a Kouling policy evaluates each new password.
 *
 *     plugin_load_add = kouling_password_validation
 *     kouling         = FORCE_PLUS_PERMANENT
 *     kouling_policy  = /etc/kouling/policy.toml
 *
 * Every connection is a thread. All threads share one policy file object, which is safe to use from several threads. */

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <mysql/plugin_password_validation.h>
#include <mysqld_error.h>

#include <kouling.h>

/* The server truncates a message at 512 bytes, even within a character. */
enum { MESSAGE_SIZE = 500 };

static char *policy_path, *language;
static kouling_policy_file *policy_file;

static void log_report(const kouling_report *report)
{
  char line[MESSAGE_SIZE];
  for (size_t index = 0; index < kouling_report_count(report); index++) {
    kouling_text file = kouling_report_file(report, index);
    kouling_text message = kouling_report_message(report, index);
    const size_t place = kouling_report_line(report, index);
    /* Problems of a password have no file, and a file that cannot be read has no lines. */
    if (place)
      snprintf(line, sizeof line, "%.*s:%zu: %.*s", (int)file.length, file.data, place, (int)message.length, message.data);
    else
      snprintf(line, sizeof line, "%.*s", (int)message.length, message.data);
    my_printf_error(ER_NOT_VALID_PASSWORD, "kouling: %s", ME_ERROR_LOG_ONLY, line);
  }
}

/* Reports as many violations as fit; none of them is truncated. */
static void report_violations(const kouling_outcome *outcome)
{
  char text[MESSAGE_SIZE];
  size_t used = 0, count = kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS);
  text[0] = '\0';
  for (size_t index = 0; index < count; index++) {
    kouling_text message =
        kouling_outcome_message(outcome, KOULING_LIST_VIOLATIONS, index, kouling_text_of(language));
    kouling_text code = kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, index);
    int needed = snprintf(text + used, sizeof text - used, "%s%.*s [%.*s]", used ? "; " : "", (int)message.length,
                          message.data, (int)code.length, code.data);
    if (needed < 0 || (size_t)needed >= sizeof text - used) {
      text[used] = '\0';
      break;
    }
    used += (size_t)needed;
  }
  my_printf_error(ER_NOT_VALID_PASSWORD, "password refused: %s", 0, text);
}

/* Returns 0 if the password is accepted. Errors never count as acceptance. */
static int validate(const MYSQL_CONST_LEX_STRING *username, const MYSQL_CONST_LEX_STRING *password,
                    const MYSQL_CONST_LEX_STRING *hostname)
{
  kouling_report *report = NULL;
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  kouling_text name = { username->str, username->length };
  kouling_text host = { hostname->str, hostname->length };
  kouling_status found = KOULING_STATUS_CANNOT_JUDGE;
  /* An account without a password has the empty password. */
  kouling_text candidate = { password->str ? password->str : "", password->length };
  bool accepted = false;

  kouling_report_new(&report);
  if (kouling_facts_new(time(NULL), &facts) == KOULING_STATUS_OK
      && kouling_facts_add_attribute(facts, kouling_text_of("username"), name) == KOULING_STATUS_OK
      && kouling_facts_add_attribute(facts, kouling_text_of("host"), host) == KOULING_STATUS_OK)
    found = kouling_policy_file_select(policy_file, facts, &policy, report);
  if (found != KOULING_STATUS_OK && found != KOULING_STATUS_CANNOT_JUDGE)
    my_printf_error(ER_NOT_VALID_PASSWORD, "the password policy cannot be read; nothing was changed", 0);
  else if (found != KOULING_STATUS_OK
           || kouling_policy_evaluate(policy, candidate, facts, &outcome, report) != KOULING_STATUS_OK)
    my_printf_error(ER_NOT_VALID_PASSWORD, "the password cannot be evaluated; nothing was changed", 0);
  else if (!(accepted = kouling_outcome_accepted(outcome)))
    report_violations(outcome);
  log_report(report);
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  kouling_policy_free(policy);
  kouling_report_free(report);
  return !accepted;
}

static int start(void *plugin)
{
  (void)plugin;
  /* Nothing is read yet: the server starts even if the policy has errors, and then refuses every password. */
  return kouling_policy_file_new(kouling_text_of(policy_path), &policy_file, NULL) != KOULING_STATUS_OK;
}

static int stop(void *plugin)
{
  (void)plugin;
  kouling_policy_file_free(policy_file);
  policy_file = NULL;
  return 0;
}

static MYSQL_SYSVAR_STR(policy, policy_path, PLUGIN_VAR_READONLY, "Policy file for new passwords",
                        NULL, NULL, "");
static MYSQL_SYSVAR_STR(language, language, PLUGIN_VAR_READONLY, "Language of refusals, such as en, zh or zh-TW", NULL, NULL,
                        "en");
static struct st_mysql_sys_var *variables[] = { MYSQL_SYSVAR(policy), MYSQL_SYSVAR(language), NULL };
static struct st_mariadb_password_validation descriptor = { MariaDB_PASSWORD_VALIDATION_INTERFACE_VERSION, validate };

maria_declare_plugin(kouling_password_validation)
{
  MariaDB_PASSWORD_VALIDATION_PLUGIN,
  &descriptor,
  "kouling",
  "The Kouling authors",
  "Evaluates new passwords by a Kouling policy",
  PLUGIN_LICENSE_BSD, /* MIT or Apache-2.0; there is no constant for them */
  start,
  stop,
  0x0001,
  NULL,
  variables,
  "0.1",
  MariaDB_PLUGIN_MATURITY_GAMMA
}
maria_declare_plugin_end;
