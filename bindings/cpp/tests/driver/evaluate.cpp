#include "evaluate.hpp"

namespace {

// This file uses no exceptions, so that the driver works without them.
std::string with_report(const char* what, const kouling::report& report) {
  return std::string(what) + ": " + std::string(report.text());
}

bool fill(kouling::facts& facts, command& command) {
  bool good = true;
  const bool has_current = command.flag();
  const auto current = command.text();
  if (has_current) good = facts.set_current(current).ok() && good;
  const auto password_set = command.number_or_nothing();
  if (password_set) good = facts.set_password_set(*password_set).ok() && good;
  command.each([&] {
    const auto name = command.text();
    good = facts.add_attribute(name, command.text()).ok() && good;
  });
  command.each([&] {
    const auto hash = command.text();
    good = facts.add_previous(hash, command.number_or_nothing()).ok() && good;
  });
  return good;
}

void put_codes(answer& answer, const kouling::violations& list) {
  answer.put(list.size());
  for (const auto& each : list) answer.put(each.code());
}

void put_outcome(answer& answer, const kouling::outcome& outcome, const kouling::contract& contract) {
  answer.put("evaluated").put(outcome.accepted()).put(outcome.violations().size());
  for (const auto& violation : outcome.violations()) {
    answer.put(violation.code()).put(violation.rule());
    answer.put(violation.message("en")).put(violation.message("zh")).put(violation.message("zh-TW"));
    answer.put(violation.contract_code(contract));
    answer.put(violation.numbers().size());
    for (const auto& [name, value] : violation.numbers()) answer.put(name).put(value);
  }
  put_codes(answer, outcome.warnings());
  put_codes(answer, outcome.notes());
}

// The JSON and the explanation must agree with the outcome.
void compare_ways(answer& answer, const kouling::outcome& outcome, const kouling::policy& policy,
                  std::string_view password, const kouling::facts& facts, const kouling::contract& contract) {
  const bool accepted = outcome.accepted();
  const auto says = [&](std::string_view json) {
    return json.find(accepted ? "\"accepted\":true" : "\"accepted\":false") != std::string_view::npos;
  };
  const auto json = outcome.json("zh-CN", &contract);
  if (!json.ok() || !says(*json)) answer.fail(with_report("the JSON differs from the outcome", json.report()));
  const auto explained = policy.explain(password, facts, "zh-CN", &contract);
  const bool same = explained.ok() && explained->outcome.accepted() == accepted && says(explained->json);
  if (!same || explained->outcome.violations().size() < outcome.violations().size())
    answer.fail(with_report("the explanation differs from the outcome", explained.report()));
}

#if KOULING_EXCEPTIONS
// `.value()` throws the status that the result has.
kouling::status status_thrown(const kouling::policy& policy, std::string_view password, const kouling::facts& facts) {
  try {
    static_cast<void>(policy.evaluate(password, facts).value());
    return kouling::status::ok;
  } catch (const kouling::error& error) {
    return error.problems().empty() ? kouling::status::ok : error.status();
  }
}
#endif

kouling::result<kouling::policy_set> load_from_memory(command& command, std::string_view path) {
  auto loader = kouling::loader::make();
  must(loader.set_source(nullptr).ok(), "no source");
  command.each([&] {
    const auto name = command.text();
    must(loader.add_file(name, command.text()).ok(), "a file is refused");
  });
  return loader.load_set(path);
}

}  // namespace

kouling::result<kouling::policy> policy_named(command& command) {
  const auto kind = command.text();
  const auto text = command.text();
  return kind == "preset" ? kouling::policy::preset(text) : kouling::policy::parse(text);
}

void evaluate(command& command, answer& answer, const kouling::contract& contract) {
  const auto policy = policy_named(command);
  if (!policy.ok()) return answer.fail(with_report("the policy does not load", policy.report()));
  auto facts = kouling::facts::make(command.number());
  const auto password = command.text();
  if (!fill(facts, command)) return answer.fail("the facts are refused");
  const auto outcome = policy->evaluate(password, facts);
  if (outcome.ok()) {
    put_outcome(answer, *outcome, contract);
    compare_ways(answer, *outcome, *policy, password, facts, contract);
  } else {
    answer.put("not_evaluated").put(static_cast<std::uint64_t>(outcome.status()));
    answer.put(outcome.report().problems()[0].code);
    if (outcome->accepted()) answer.fail("a failed call accepts the password");
  }
#if KOULING_EXCEPTIONS
  if (status_thrown(*policy, password, facts) != outcome.status()) answer.fail("the exception has another status");
#endif
}

void load_policy(command& command, answer& answer) {
  const bool in_memory = command.text() == "memory";
  const auto path = command.text();
  const auto policy = in_memory ? load_from_memory(command, path) : kouling::policy_set::load(path);
  if (policy.ok() != (policy->get() != nullptr)) answer.fail(with_report("the policy and the status do not agree", policy.report()));
  answer.put("policy").put(static_cast<std::uint64_t>(policy.status())).put(policy.report().problems().size());
  for (const auto& problem : policy.report().problems()) {
    answer.put(problem.file).put(problem.line).put(problem.column);
    answer.put(problem.code).put(problem.message).put(problem.help);
  }
}

void select_policy(command& command, answer& answer) {
  const auto path = command.text();
  const auto set = load_from_memory(command, path);
  if (!set.ok()) return answer.fail(with_report("the set does not load", set.report()));
  auto facts = kouling::facts::make(command.number());
  command.each([&] {
    const auto name = command.text();
    must(facts.add_attribute(name, command.text()).ok(), "an attribute is refused");
  });
  const auto password = command.text();
  const auto policy = set->select(facts);
  if (!policy.ok()) {
    answer.put("not_selected").put(policy.report().problems()[0].code);
    return;
  }
  const auto outcome = policy->evaluate(password, facts);
  answer.put("selected").put(policy->population());
  put_codes(answer, outcome->violations());
  put_codes(answer, outcome->warnings());
}
