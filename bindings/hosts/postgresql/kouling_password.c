/* Kouling in PostgreSQL: CREATE ROLE and ALTER ROLE take no password that the policy refuses.
 *
 *     shared_preload_libraries = 'kouling_password'
 *     kouling.policy = '/etc/kouling/policy.toml'
 *
 * ereport(ERROR) leaves by longjmp. So nothing of the library may be on the stack then, which holds because it is only
 * called and never calls back, and nothing of the library may be left to free. */

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

/* Made by each backend when it needs it: nothing is opened before the postmaster forks. */
static kouling_policy_file *policy_file = NULL;

/* What one judgement holds, until it is freed. */
struct judgement {
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
static void judge(struct judgement *judgement, const char *username, const char *password)
{
  kouling_report_new(&judgement->report);
  if (!policy_file)
    kouling_policy_file_new(kouling_text_of(policy_path), &policy_file, judgement->report);
  if (policy_file
      && kouling_policy_file_policy(policy_file, &judgement->policy, judgement->report) == KOULING_OK
      && kouling_facts_new(time(NULL), &judgement->facts) == KOULING_OK
      && kouling_facts_add_attribute(judgement->facts, kouling_text_of("username"), kouling_text_of(username))
             == KOULING_OK)
    kouling_policy_evaluate(judgement->policy, kouling_text_of(password), judgement->facts, &judgement->outcome,
                            judgement->report);
}

static void judgement_free(struct judgement *judgement)
{
  kouling_outcome_free(judgement->outcome);
  kouling_facts_free(judgement->facts);
  kouling_policy_free(judgement->policy);
  kouling_report_free(judgement->report);
}

/* Each of these calls leaves by longjmp when there is no memory, or no such character in the server's encoding. */
static void add(StringInfo list, const char *separator, kouling_text text)
{
  char *copy = pnstrdup(text.data, text.length);
  appendStringInfo(list, "%s%s", list->len ? separator : "",
                   pg_any_to_server(copy, (int)text.length, PG_UTF8));
}

/* What is to be told, in the memory and the encoding of the server. */
static void tell(const struct judgement *judgement, StringInfo messages, StringInfo codes)
{
  size_t count = kouling_outcome_count(judgement->outcome, KOULING_VIOLATIONS);
  for (size_t index = 0; index < count; index++) {
    add(messages, "; ",
        kouling_outcome_message(judgement->outcome, KOULING_VIOLATIONS, index, kouling_text_of(language)));
    add(codes, ", ", kouling_outcome_code(judgement->outcome, KOULING_VIOLATIONS, index));
  }
  if (!judgement->outcome)
    add(messages, "", kouling_report_text(judgement->report));
}

static void check_password(const char *username, const char *password, PasswordType type, Datum valid_until,
                           bool valid_for_ever)
{
  struct judgement judgement = { NULL, NULL, NULL, NULL };
  StringInfoData messages, codes;
  bool accepted, judged, readable;

  if (previous_hook)
    previous_hook(username, password, type, valid_until, valid_for_ever);
  if (type != PASSWORD_TYPE_PLAINTEXT) {
    if (accept_hashed)
      return;
    ereport(ERROR, errcode(ERRCODE_INVALID_PASSWORD), errhidestmt(true), errhidecontext(true),
            errmsg("the password was hashed before it was sent, and cannot be judged"),
            errhint("Send it as it is, over an encrypted connection, or set kouling.accept_hashed."));
  }
  /* Before anything is held, because these may fail. */
  initStringInfo(&messages);
  initStringInfo(&codes);
  username = pg_server_to_any(username, (int)strlen(username), PG_UTF8);
  password = pg_server_to_any(password, (int)strlen(password), PG_UTF8);
  judge(&judgement, username, password);
  readable = judgement.policy != NULL;
  judged = judgement.outcome != NULL;
  accepted = kouling_outcome_accepted(judgement.outcome);
  PG_TRY();
  {
    tell(&judgement, &messages, &codes);
  }
  PG_FINALLY();
  {
    judgement_free(&judgement);
  }
  PG_END_TRY();

  if (accepted)
    return;
  if (!judged)
    ereport(LOG_SERVER_ONLY, errhidestmt(true), errhidecontext(true),
            errmsg("kouling cannot judge passwords: %s", messages.data));
  /* The statement and the context hold the password. With what is said here they stay out of the log. */
  ereport(ERROR, errcode(readable ? ERRCODE_INVALID_PASSWORD : ERRCODE_CONFIG_FILE_ERROR), errhidestmt(true),
          errhidecontext(true),
          judged     ? errmsg("password refused: %s", messages.data)
          : readable ? errmsg("the password cannot be judged; nothing was changed")
                     : errmsg("the password policy cannot be read; nothing was changed"),
          judged ? errdetail_internal("%s", codes.data) : 0);
}

void _PG_init(void)
{
  /* Loaded by a session it would guard that session only, and seem to guard all. */
  if (!process_shared_preload_libraries_in_progress)
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("kouling_password must be loaded by shared_preload_libraries"));
  DefineCustomStringVariable("kouling.policy", "The policy file that new passwords are judged by.", NULL,
                             &policy_path, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, path_changed, NULL);
  DefineCustomStringVariable("kouling.language", "The language of refusals: en or zh.", NULL, &language, "en",
                             PGC_USERSET, 0, NULL, NULL, NULL);
  DefineCustomBoolVariable("kouling.accept_hashed", "Accepts passwords unjudged that were hashed by the client.",
                           NULL, &accept_hashed, false, PGC_SIGHUP, 0, NULL, NULL, NULL);
  MarkGUCPrefixReserved("kouling");
  previous_hook = check_password_hook;
  check_password_hook = check_password;
}
