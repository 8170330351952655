/* Kouling in MariaDB: no account gets a password that the policy refuses.
 *
 *     plugin_load_add = kouling_password_validation
 *     kouling         = FORCE_PLUS_PERMANENT
 *     kouling_policy  = /etc/kouling/policy.toml
 *
 * Every connection is a thread that may judge. They share one policy file, which may be asked by all at once. */

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <mysql/plugin_password_validation.h>
#include <mysqld_error.h>

#include <kouling.h>

/* The server cuts a message at 512 bytes, in the midst of a character if need be. */
enum { MESSAGE_SIZE = 500 };

static char *policy_path, *language;
static kouling_policy_file *policy_file;

static void log_report(const kouling_report *report)
{
  char line[MESSAGE_SIZE];
  for (size_t index = 0; index < kouling_report_count(report); index++) {
    kouling_text file = kouling_report_file(report, index);
    kouling_text message = kouling_report_message(report, index);
    /* What is wrong with a password stands in no file. */
    if (file.length)
      snprintf(line, sizeof line, "%.*s:%zu: %.*s", (int)file.length, file.data, kouling_report_line(report, index),
               (int)message.length, message.data);
    else
      snprintf(line, sizeof line, "%.*s", (int)message.length, message.data);
    my_printf_error(ER_NOT_VALID_PASSWORD, "kouling: %s", ME_ERROR_LOG_ONLY, line);
  }
}

/* As many violations as there is room for, none of them cut. */
static void tell_violations(const kouling_outcome *outcome)
{
  char text[MESSAGE_SIZE];
  size_t used = 0, count = kouling_outcome_count(outcome, KOULING_VIOLATIONS);
  text[0] = '\0';
  for (size_t index = 0; index < count; index++) {
    kouling_text message =
        kouling_outcome_message(outcome, KOULING_VIOLATIONS, index, kouling_text_of(language));
    kouling_text code = kouling_outcome_code(outcome, KOULING_VIOLATIONS, index);
    int wanted = snprintf(text + used, sizeof text - used, "%s%.*s [%.*s]", used ? "; " : "", (int)message.length,
                          message.data, (int)code.length, code.data);
    if (wanted < 0 || (size_t)wanted >= sizeof text - used) {
      text[used] = '\0';
      break;
    }
    used += (size_t)wanted;
  }
  my_printf_error(ER_NOT_VALID_PASSWORD, "password refused: %s", 0, text);
}

/* Nought when the password is accepted. Whatever goes wrong, it is not. */
static int validate(const MYSQL_CONST_LEX_STRING *username, const MYSQL_CONST_LEX_STRING *password,
                    const MYSQL_CONST_LEX_STRING *hostname)
{
  kouling_report *report = NULL;
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  kouling_text name = { username->str, username->length };
  /* No password at all is the empty one. */
  kouling_text candidate = { password->str ? password->str : "", password->length };
  bool accepted = false;
  (void)hostname;

  kouling_report_new(&report);
  if (kouling_policy_file_policy(policy_file, &policy, report) != KOULING_OK)
    my_printf_error(ER_NOT_VALID_PASSWORD, "the password policy cannot be read; nothing was changed", 0);
  else if (kouling_facts_new(time(NULL), &facts) != KOULING_OK
           || kouling_facts_add_attribute(facts, kouling_text_of("username"), name) != KOULING_OK
           || kouling_policy_evaluate(policy, candidate, facts, &outcome, report) != KOULING_OK)
    my_printf_error(ER_NOT_VALID_PASSWORD, "the password cannot be judged; nothing was changed", 0);
  else if (!(accepted = kouling_outcome_accepted(outcome)))
    tell_violations(outcome);
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
  /* Nothing is read yet: a server starts with a policy that is wrong, and refuses every password. */
  return kouling_policy_file_new(kouling_text_of(policy_path), &policy_file, NULL) != KOULING_OK;
}

static int stop(void *plugin)
{
  (void)plugin;
  kouling_policy_file_free(policy_file);
  policy_file = NULL;
  return 0;
}

static MYSQL_SYSVAR_STR(policy, policy_path, PLUGIN_VAR_READONLY, "The policy file that new passwords are judged by.",
                        NULL, NULL, "");
static MYSQL_SYSVAR_STR(language, language, PLUGIN_VAR_READONLY, "The language of refusals: en or zh.", NULL, NULL,
                        "en");
static struct st_mysql_sys_var *variables[] = { MYSQL_SYSVAR(policy), MYSQL_SYSVAR(language), NULL };
static struct st_mariadb_password_validation descriptor = { MariaDB_PASSWORD_VALIDATION_INTERFACE_VERSION, validate };

maria_declare_plugin(kouling_password_validation)
{
  MariaDB_PASSWORD_VALIDATION_PLUGIN,
  &descriptor,
  "kouling",
  "The Kouling authors",
  "Judges new passwords by a policy",
  PLUGIN_LICENSE_BSD, /* MIT or Apache-2.0, for which there is no number */
  start,
  stop,
  0x0001,
  NULL,
  variables,
  "0.1",
  MariaDB_PLUGIN_MATURITY_GAMMA
}
maria_declare_plugin_end;
