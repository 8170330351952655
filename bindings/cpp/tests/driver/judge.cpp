#include "judge.hpp"

namespace {

// Nothing in this file throws by itself, so that it runs without exceptions too.
std::string told(const char* what, const kouling::report& report) {
  return std::string(what) + ": " + std::string(report.text());
}

bool fill(kouling::facts& facts, command& command) {
  bool good = true;
  const bool has_current = command.flag();
  const auto current = command.text();
  if (has_current) good = facts.try_set_current(current).ok() && good;
  command.each([&] {
    const auto name = command.text();
    good = facts.try_add_attribute(name, command.text()).ok() && good;
  });
  command.each([&] {
    const auto hash = command.text();
    good = facts.try_add_previous(hash, command.number_or_nothing()).ok() && good;
  });
  return good;
}

void put_codes(answer& answer, const kouling::violations& list) {
  answer.put(list.size());
  for (const auto& each : list) answer.put(each.code());
}

void put_outcome(answer& answer, const kouling::outcome& outcome, const kouling::contract& contract) {
  answer.put("judged").put(outcome.accepted()).put(outcome.violations().size());
  for (const auto& violation : outcome.violations()) {
    answer.put(violation.code()).put(violation.rule());
    answer.put(violation.message("en")).put(violation.message("zh")).put(violation.wire(contract));
    answer.put(violation.numbers().size());
    for (const auto& [name, value] : violation.numbers()) answer.put(name).put(value);
  }
  put_codes(answer, outcome.warnings());
  put_codes(answer, outcome.notes());
}

// The other ways to ask say the same.
void compare_ways(answer& answer, const kouling::outcome& outcome, const kouling::policy& policy,
                  std::string_view password, const kouling::facts& facts, const kouling::contract& contract) {
  const bool accepted = outcome.accepted();
  const auto says = [&](std::string_view json) {
    return json.find(accepted ? "\"accepted\":true" : "\"accepted\":false") != std::string_view::npos;
  };
  const auto json = outcome.try_json("zh-CN", &contract);
  if (!json.ok() || !says(*json)) answer.fail(told("the JSON says something else", json.report()));
  const auto explained = policy.try_explain(password, facts, "zh-CN", &contract);
  const bool same = explained.ok() && explained->judged.accepted() == accepted && says(explained->json);
  if (!same || explained->judged.violations().size() < outcome.violations().size())
    answer.fail(told("the explanation says something else", explained.report()));
}

#if KOULING_EXCEPTIONS
// What throws says the same as what does not.
kouling::status status_thrown(const kouling::policy& policy, std::string_view password, const kouling::facts& facts) {
  try {
    static_cast<void>(policy.evaluate(password, facts));
    return kouling::status::ok;
  } catch (const kouling::error& error) {
    return error.findings().empty() ? kouling::status::ok : error.status();
  }
}
#endif

kouling::result<kouling::policy> load_from_memory(command& command, std::string_view path) {
  auto loader = kouling::loader::make();
  must(loader.try_set_source(nullptr).ok(), "no source");
  command.each([&] {
    const auto name = command.text();
    must(loader.try_add_file(name, command.text()).ok(), "a file is refused");
  });
  return loader.try_load(path);
}

}  // namespace

kouling::result<kouling::policy> policy_named(command& command) {
  const auto kind = command.text();
  const auto text = command.text();
  return kind == "preset" ? kouling::policy::try_preset(text) : kouling::policy::try_parse(text);
}

void judge(command& command, answer& answer, const kouling::contract& contract) {
  const auto policy = policy_named(command);
  if (!policy.ok()) return answer.fail(told("the policy does not load", policy.report()));
  kouling::facts facts(command.number());
  const auto password = command.text();
  if (!fill(facts, command)) return answer.fail("the facts are refused");
  const auto outcome = policy->try_evaluate(password, facts);
  if (outcome.ok()) {
    put_outcome(answer, *outcome, contract);
    compare_ways(answer, *outcome, *policy, password, facts, contract);
  } else {
    answer.put("not_judged").put(static_cast<std::uint64_t>(outcome.status()));
    answer.put(outcome.report().findings()[0].code);
    if (outcome->accepted()) answer.fail("what was not judged is accepted");
  }
#if KOULING_EXCEPTIONS
  if (status_thrown(*policy, password, facts) != outcome.status()) answer.fail("what is thrown is something else");
#endif
}

void load_policy(command& command, answer& answer) {
  const bool in_memory = command.text() == "memory";
  const auto path = command.text();
  const auto policy = in_memory ? load_from_memory(command, path) : kouling::policy::try_load(path);
  if (policy.ok() != (policy->get() != nullptr)) answer.fail(told("a policy, and a no", policy.report()));
  answer.put("policy").put(static_cast<std::uint64_t>(policy.status())).put(policy.report().findings().size());
  for (const auto& finding : policy.report().findings()) {
    answer.put(finding.file).put(finding.line).put(finding.column);
    answer.put(finding.code).put(finding.message).put(finding.help);
  }
}
