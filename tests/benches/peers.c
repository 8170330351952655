// The cost of an evaluation through C, compared with libpwquality and passwdqc: the same passwords in one process, one
// library after another. `tests/benches/peers.sh` builds and runs it.
#include <kouling.h>
#include <passwdqc.h>
#include <pwd.h>
#include <pwquality.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_PASSWORDS = 4000, ROUNDS = 15 };
static char *passwords[MAX_PASSWORDS];
static size_t count;
static struct kouling_facts *facts;
static struct passwd user = { .pw_name = "zhangsan", .pw_passwd = "x", .pw_gecos = "Zhang San", .pw_dir = "/home/zhangsan",
                              .pw_shell = "/bin/sh" };

// The checks of libpwquality without its dictionary: length, classes and runs; then also sequences and the username.
// Kouling finds the username in disguise and reversed too.
#define PLAIN "format = 1\n[rules.length]\nmin = 8\n[rules.characters]\nmin_classes = 3\n[rules.repetition]\n"
#define SAME PLAIN "[rules.sequence]\n[rules.reversed_username]\n[rules.personal]\n"

static bool by_kouling(void *policy, const char *password) {
  struct kouling_outcome *outcome;
  if (kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, NULL) != KOULING_STATUS_OK) exit(2);
  bool accepted = kouling_outcome_accepted(outcome);
  kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, 0);
  kouling_outcome_free(outcome);
  return accepted;
}

static bool by_pwquality(void *settings, const char *password) {
  void *why = NULL; // the possible errors set a number or a static name, which need not be freed
  return pwquality_check(settings, password, NULL, "zhangsan", &why) >= 0;
}

static bool by_passwdqc(void *params, const char *password) {
  return passwdqc_check(params, password, NULL, &user) == NULL;
}

static const struct kouling_policy *policy_of(const char *toml) {
  const struct kouling_policy *policy;
  struct kouling_report *report;
  if (kouling_report_new(&report) != KOULING_STATUS_OK) exit(2);
  if (kouling_policy_parse(kouling_text_of(toml), &policy, report) != KOULING_STATUS_OK) {
    struct kouling_text text = kouling_report_text(report);
    fprintf(stderr, "%.*s\n", (int)text.length, text.data);
    exit(2);
  }
  kouling_report_free(report);
  return policy;
}

static pwquality_settings_t *pwquality(int dictionary) {
  pwquality_settings_t *settings = pwquality_default_settings();
  pwquality_set_int_value(settings, PWQ_SETTING_DICT_CHECK, dictionary);
  pwquality_set_int_value(settings, PWQ_SETTING_MIN_CLASS, 3);
  pwquality_set_int_value(settings, PWQ_SETTING_MAX_REPEAT, 3);
  pwquality_set_int_value(settings, PWQ_SETTING_MAX_SEQUENCE, 3);
  return settings;
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int argc, char **argv) {
  static char line[512];
  FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
  while (list && count < MAX_PASSWORDS && fgets(line, sizeof line, list)) {
    line[strcspn(line, "\n")] = 0;
    passwords[count++] = strdup(line);
  }
  if (!count) return fprintf(stderr, "usage: peers LIST\n"), 2;

  passwdqc_params_t qc;
  passwdqc_params_reset(&qc);
  if (kouling_facts_new(1795392000, &facts) != KOULING_STATUS_OK) return 2;
  if (kouling_facts_add_attribute(facts, kouling_text_of("username"), kouling_text_of("zhangsan")) != KOULING_STATUS_OK) return 2;

  struct {
    const char *name;
    bool (*accepts)(void *, const char *);
    void *with;
    int every; // expensive libraries check a part of the list
    size_t accepted, checked;
    double took[ROUNDS];
  } libraries[] = {
    { "kouling: length, classes, runs", by_kouling, (void *)policy_of(PLAIN), 1, 0, 0, { 0 } },
    { "kouling: and sequences, username", by_kouling, (void *)policy_of(SAME), 1, 0, 0, { 0 } },
    { "libpwquality, dictcheck=0", by_pwquality, pwquality(0), 1, 0, 0, { 0 } },
    { "kouling: standard", by_kouling, (void *)policy_of("format = 1\nextends = \"standard\"\n"), 1, 0, 0, { 0 } },
    { "libpwquality with cracklib", by_pwquality, pwquality(1), 10, 0, 0, { 0 } },
    { "passwdqc, its defaults", by_passwdqc, &qc.qc, 10, 0, 0, { 0 } },
  };
  enum { LIBRARIES = sizeof libraries / sizeof *libraries };
  for (int round = -1; round < ROUNDS; round++) // the first one warms up and counts accepted passwords
    for (size_t j = 0; j < LIBRARIES; j++) {
      size_t checked = 0, accepted = 0;
      double began = nanoseconds();
      for (size_t i = 0; i < count; i += (size_t)libraries[j].every, checked++)
        accepted += libraries[j].accepts(libraries[j].with, passwords[i]);
      double took = (nanoseconds() - began) / (double)checked;
      libraries[j].checked = checked, libraries[j].accepted = accepted;
      if (round >= 0) libraries[j].took[round] = took;
    }
  printf("%zu passwords, median of %d rounds, processor time\n", count, ROUNDS);
  printf("%-40s %12s %10s %10s\n", "per password", "ns", "ratio", "accepted");
  for (size_t j = 0; j < LIBRARIES; j++) qsort(libraries[j].took, ROUNDS, sizeof(double), by_size);
  for (size_t j = 0; j < LIBRARIES; j++)
    printf("%-40s %12.0f %10.1f %8.1f %%\n", libraries[j].name, libraries[j].took[ROUNDS / 2],
           libraries[j].took[ROUNDS / 2] / libraries[0].took[ROUNDS / 2],
           100.0 * (double)libraries[j].accepted / (double)libraries[j].checked);
  return 0;
}
