/* A library for PostgreSQL: a Kouling policy evaluates the passwords of CREATE ROLE and ALTER ROLE.
 *
 *     shared_preload_libraries = 'kouling_password'
 *     kouling.policy = '/etc/kouling/policy.toml'
 *
 * ereport(ERROR) leaves by longjmp. At that point no function of Kouling may be on the stack, which holds because there are
 * no callbacks, and all objects of Kouling must have been freed. */

#include <postgres.h>

#include <time.h>

#include <commands/user.h>
#include <fmgr.h>
#include <lib/stringinfo.h>
#include <mb/pg_wchar.h>
#include <miscadmin.h>
#include <utils/guc.h>

#include <kouling.h>

PG_MODULE_MAGIC;

void _PG_init(void);

static check_password_hook_type previous_hook = NULL;
static char *policy_path = NULL;
static char *language = NULL;
static bool accept_hashed = false;

/* Created by each backend on first use: nothing is opened before the postmaster forks. */
static kouling_policy_file *policy_file = NULL;

/* The objects of one evaluation. */
struct evaluation {
  kouling_report *report;
  const kouling_policy *policy;
  kouling_facts *facts;
  kouling_outcome *outcome;
};

static void path_changed(const char *path, void *extra)
{
  (void)path, (void)extra;
  kouling_policy_file_free(policy_file);
  policy_file = NULL;
}

/* Calls nothing that can leave by longjmp. */
static void evaluate(struct evaluation *evaluation, const char *username, const char *password)
{
  kouling_report_new(&evaluation->report);
  if (!policy_file)
    kouling_policy_file_new(kouling_text_of(policy_path), &policy_file, evaluation->report);
  if (policy_file
      && kouling_policy_file_policy(policy_file, &evaluation->policy, evaluation->report) == KOULING_STATUS_OK
      && kouling_facts_new(time(NULL), &evaluation->facts) == KOULING_STATUS_OK
      && kouling_facts_add_attribute(evaluation->facts, kouling_text_of("username"), kouling_text_of(username))
             == KOULING_STATUS_OK)
    kouling_policy_evaluate(evaluation->policy, kouling_text_of(password), evaluation->facts, &evaluation->outcome,
                            evaluation->report);
}

static void evaluation_free(struct evaluation *evaluation)
{
  kouling_outcome_free(evaluation->outcome);
  kouling_facts_free(evaluation->facts);
  kouling_policy_free(evaluation->policy);
  kouling_report_free(evaluation->report);
}

/* Each of these calls leaves by longjmp if memory is exhausted or the server's encoding lacks a character. */
static void add(StringInfo list, const char *separator, kouling_text text)
{
  char *copy = pnstrdup(text.data, text.length);
  appendStringInfo(list, "%s%s", list->len ? separator : "",
                   pg_any_to_server(copy, (int)text.length, PG_UTF8));
}

/* Writes the messages and codes in the memory and the encoding of the server. */
static void describe(const struct evaluation *evaluation, StringInfo messages, StringInfo codes)
{
  size_t count = kouling_outcome_count(evaluation->outcome, KOULING_LIST_VIOLATIONS);
  for (size_t index = 0; index < count; index++) {
    add(messages, "; ",
        kouling_outcome_message(evaluation->outcome, KOULING_LIST_VIOLATIONS, index, kouling_text_of(language)));
    add(codes, ", ", kouling_outcome_code(evaluation->outcome, KOULING_LIST_VIOLATIONS, index));
  }
  if (!evaluation->outcome)
    add(messages, "", kouling_report_text(evaluation->report));
}

static void check_password(const char *username, const char *password, PasswordType type, Datum valid_until,
                           bool valid_for_ever)
{
  struct evaluation evaluation = { NULL, NULL, NULL, NULL };
  StringInfoData messages, codes;
  bool accepted, evaluated, readable;

  if (previous_hook)
    previous_hook(username, password, type, valid_until, valid_for_ever);
  if (type != PASSWORD_TYPE_PLAINTEXT) {
    if (accept_hashed)
      return;
    ereport(ERROR, errcode(ERRCODE_INVALID_PASSWORD), errhidestmt(true), errhidecontext(true),
            errmsg("the password was hashed by the client and cannot be evaluated"),
            errhint("Send it in clear text over an encrypted connection, or set kouling.accept_hashed."));
  }
  /* These may leave by longjmp, so they come before any object of Kouling is created. */
  initStringInfo(&messages);
  initStringInfo(&codes);
  username = pg_server_to_any(username, (int)strlen(username), PG_UTF8);
  password = pg_server_to_any(password, (int)strlen(password), PG_UTF8);
  evaluate(&evaluation, username, password);
  readable = evaluation.policy != NULL;
  evaluated = evaluation.outcome != NULL;
  accepted = kouling_outcome_accepted(evaluation.outcome);
  PG_TRY();
  {
    describe(&evaluation, &messages, &codes);
  }
  PG_FINALLY();
  {
    evaluation_free(&evaluation);
  }
  PG_END_TRY();

  if (accepted)
    return;
  if (!evaluated)
    ereport(LOG_SERVER_ONLY, errhidestmt(true), errhidecontext(true),
            errmsg("kouling cannot evaluate passwords: %s", messages.data));
  /* The statement and the context contain the password. errhidestmt and errhidecontext keep them out of the log. */
  ereport(ERROR, errcode(readable ? ERRCODE_INVALID_PASSWORD : ERRCODE_CONFIG_FILE_ERROR), errhidestmt(true),
          errhidecontext(true),
          evaluated  ? errmsg("password refused: %s", messages.data)
          : readable ? errmsg("the password cannot be evaluated; nothing was changed")
                     : errmsg("the password policy cannot be read; nothing was changed"),
          evaluated ? errdetail_internal("%s", codes.data) : 0);
}

void _PG_init(void)
{
  /* Loaded by a session, it would protect only that session. */
  if (!process_shared_preload_libraries_in_progress)
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("kouling_password must be loaded by shared_preload_libraries"));
  DefineCustomStringVariable("kouling.policy", "Policy file for new passwords.", NULL,
                             &policy_path, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, path_changed, NULL);
  DefineCustomStringVariable("kouling.language", "Language of refusals, such as en, zh or zh-TW.", NULL, &language, "en",
                             PGC_USERSET, 0, NULL, NULL, NULL);
  DefineCustomBoolVariable("kouling.accept_hashed", "Accepts passwords that were hashed by the client, without an evaluation.",
                           NULL, &accept_hashed, false, PGC_SIGHUP, 0, NULL, NULL, NULL);
  MarkGUCPrefixReserved("kouling");
  previous_hook = check_password_hook;
  check_password_hook = check_password;
}
