#include "standing.hpp"

#include "evaluate.hpp"

namespace {

kouling::result<kouling::decision> decide(const kouling::policy& policy, std::string_view call, std::string_view accepts,
                                          kouling::moment now, std::string_view account) {
  if (call == "standing") return policy.standing(account, now);
  if (call == "sign_in_failed") return policy.sign_in_failed(account, now);
  const auto answer = accepts.empty() ? kouling::accepts::unknown
                                      : (accepts == "1" ? kouling::accepts::yes : kouling::accepts::no);
  return policy.signed_in(account, answer, now);
}

}  // namespace

void standing(command& command, answer& answer) {
  const auto policy = policy_named(command);
  if (!policy.ok()) return answer.fail("the policy does not load");
  const auto call = command.text();
  const auto accepts = command.text();
  const auto now = command.number();
  const auto account = command.text();
  const auto decided = decide(*policy, call, accepts, now, account);
  if (!decided.ok()) {
    const auto problems = decided.report().problems();
    if (problems.empty()) return answer.fail("an empty report");
    answer.put("not_decided").put(static_cast<std::uint64_t>(decided.status()));
    answer.put(problems[0].code).put(problems[0].message);
    return;
  }
  const auto& decision = *decided;
  answer.put("decided").put(decision.code()).put(static_cast<std::uint64_t>(decision.value()));
  answer.put(decision.permits_session()).put(decision.refuses_sign_in()).put(decision.effect_count());
  for (std::size_t i = 0; i < decision.effect_count(); i++) answer.put(decision.effect(i));
  for (const auto* language : {"en", "zh", "zh-TW"}) answer.put(decision.message(language));
  const auto json = decision.json();
  const auto after = decision.account(account);
  if (!json.ok() || !after.ok()) return answer.fail("a decision cannot be read");
  answer.put(*json).put(*after);
}
