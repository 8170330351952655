/* Loads a preset, evaluates a password, and prints the codes of its violations. */
#include <kouling.h>
#include <stdio.h>

static void print(struct kouling_text text) { printf("%.*s\n", (int)text.length, text.data); }

int main(int count, char **arguments) {
  const kouling_policy *policy = NULL;
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  if (count != 3 || kouling_abi() != KOULING_ABI) return 2;
  kouling_status status = kouling_policy_preset(kouling_text_of(arguments[1]), &policy, NULL);
  if (status == KOULING_STATUS_OK) status = kouling_facts_new(0, &facts);
  if (status == KOULING_STATUS_OK) {
    status = kouling_policy_evaluate(policy, kouling_text_of(arguments[2]), facts, &outcome, NULL);
  }
  if (status != KOULING_STATUS_OK) {
    fprintf(stderr, "status %d\n", (int)status);
    return 2;
  }
  int refused = !kouling_outcome_accepted(outcome);
  for (size_t index = 0; index < kouling_outcome_count(outcome, KOULING_LIST_VIOLATIONS); index++) {
    print(kouling_outcome_code(outcome, KOULING_LIST_VIOLATIONS, index));
  }
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  kouling_policy_free(policy);
  return refused;
}
