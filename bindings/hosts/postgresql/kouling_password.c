/* A library for PostgreSQL: a Kouling policy evaluates the passwords of CREATE ROLE and ALTER ROLE.
 *
 *     shared_preload_libraries = 'kouling_password'
 *     kouling.policy = '/etc/kouling/policy.toml'
 *
 * ereport(ERROR) leaves by longjmp. At that point no function of Kouling may be on the stack, which holds because there are
 * no callbacks, and all objects of Kouling must have been freed. */

#include <postgres.h>

#include <time.h>

#include <access/htup_details.h>
#include <catalog/pg_auth_members.h>
#include <commands/user.h>
#include <fmgr.h>
#include <lib/stringinfo.h>
#include <mb/pg_wchar.h>
#include <miscadmin.h>
#include <nodes/pg_list.h>
#include <utils/acl.h>
#include <utils/catcache.h>
#include <utils/guc.h>
#include <utils/syscache.h>

#include <kouling.h>

PG_MODULE_MAGIC;

void _PG_init(void);

static check_password_hook_type previous_hook = NULL;
static char *policy_path = NULL;
static char *language = NULL;
static bool accept_hashed = false;

/* Created by each backend on first use: nothing is opened before the postmaster forks. */
static kouling_policy_file *policy_file = NULL;

/* The memberships of a role that count. With more, the population is unknown, so the password is refused. */
#define MAX_ROLES 256

/* What the catalog contains about a role, in UTF-8. A role that CREATE ROLE is about to create is not in it: its memberships
 * and attributes are unknown. */
struct role {
  const char *name;
  bool exists;
  bool is_superuser;
  /* The names of the roles that it is a member of, directly or not, with its own. */
  const char *memberships[MAX_ROLES];
  int count;
};

/* The objects of one evaluation. */
struct evaluation {
  kouling_report *report;
  /* Whether the policies could be read. */
  bool readable;
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

static const char *utf8(const char *text)
{
  return pg_server_to_any(text, (int)strlen(text), PG_UTF8);
}

/* Reads the memberships as pg_has_role(…, 'MEMBER') does. May leave by longjmp. */
static void role_read(const char *username, struct role *role)
{
  Oid oid = get_role_oid(username, true);
  List *roles;
  ListCell *cell;

  role->name = utf8(username);
  role->exists = OidIsValid(oid);
  role->is_superuser = role->exists && superuser_arg(oid);
  role->count = 0;
  if (!role->exists)
    return;
  /* The loop also visits the cells that it appends. */
  roles = list_make1_oid(oid);
  foreach (cell, roles) {
    CatCList *found = SearchSysCacheList1(AUTHMEMMEMROLE, ObjectIdGetDatum(lfirst_oid(cell)));
    if (role->count < MAX_ROLES)
      role->memberships[role->count] = utf8(GetUserNameFromId(lfirst_oid(cell), false));
    role->count++;
    for (int index = 0; index < found->n_members && role->count <= MAX_ROLES; index++) {
      HeapTuple tuple = &found->members[index]->tuple;
      roles = list_append_unique_oid(roles, ((Form_pg_auth_members)GETSTRUCT(tuple))->roleid);
    }
    ReleaseSysCacheList(found);
    if (role->count > MAX_ROLES)
      ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errhidestmt(true), errhidecontext(true),
              errmsg("the password cannot be evaluated; the role is a member of more than %d roles", MAX_ROLES));
  }
}

static kouling_status attribute_add(kouling_facts *facts, const char *name, const char *value)
{
  return kouling_facts_add_attribute(facts, kouling_text_of(name), kouling_text_of(value));
}

/* Adds what is known about the role. What is not known is left out, so that a condition that needs it is an error. */
static kouling_status facts_fill(kouling_facts *facts, const struct role *role)
{
  kouling_status status = attribute_add(facts, "username", role->name);
  if (status == KOULING_STATUS_OK && role->exists)
    status = attribute_add(facts, "superuser", role->is_superuser ? "true" : "");
  for (int index = 0; status == KOULING_STATUS_OK && index < role->count; index++)
    status = attribute_add(facts, "role", role->memberships[index]);
  return status;
}

/* Calls nothing that can leave by longjmp. */
static void evaluate(struct evaluation *evaluation, const struct role *role, const char *password)
{
  kouling_status status = KOULING_STATUS_OK;
  kouling_report_new(&evaluation->report);
  if (!policy_file)
    status = kouling_policy_file_new(kouling_text_of(policy_path), &policy_file, evaluation->report);
  evaluation->readable = status == KOULING_STATUS_OK;
  if (status == KOULING_STATUS_OK)
    status = kouling_facts_new(time(NULL), &evaluation->facts);
  if (status == KOULING_STATUS_OK)
    status = facts_fill(evaluation->facts, role);
  if (status == KOULING_STATUS_OK) {
    status = kouling_policy_file_select(policy_file, evaluation->facts, &evaluation->policy, evaluation->report);
    evaluation->readable = status == KOULING_STATUS_OK || status == KOULING_STATUS_CANNOT_JUDGE;
  }
  if (status == KOULING_STATUS_OK)
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
  struct evaluation evaluation = { NULL, false, NULL, NULL, NULL };
  struct role role;
  StringInfoData messages, codes;
  bool accepted, evaluated;

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
  role_read(username, &role);
  password = utf8(password);
  evaluate(&evaluation, &role, password);
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
  ereport(ERROR, errcode(evaluation.readable ? ERRCODE_INVALID_PASSWORD : ERRCODE_CONFIG_FILE_ERROR), errhidestmt(true),
          errhidecontext(true),
          evaluated             ? errmsg("password refused: %s", messages.data)
          : evaluation.readable ? errmsg("the password cannot be evaluated; nothing was changed")
                                : errmsg("the password policy cannot be read; nothing was changed"),
          evaluated ? errdetail_internal("%s", codes.data) : 0,
          evaluation.readable && !evaluated && !role.exists
              ? errhint("The memberships of a new role are not known yet. Create it without a password, then use ALTER ROLE.")
              : 0);
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
