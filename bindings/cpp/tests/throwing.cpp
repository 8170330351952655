// The calls that throw, and what is thrown in callbacks of every kind: never out of the library, and never "accepted".
#include <kouling.hpp>

#include <new>
#include <string>

#include "check.hpp"

namespace {

const kouling::moment NOW = 1795392000;
const std::string_view HEAD = "format = 1\nname = \"a\"\n";

std::string policy_of(std::string_view rules) { return std::string(HEAD).append(rules); }

template <class Error, class Body>
Error thrown(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  constexpr bool is_thrown = false;
  CHECK(is_thrown);
  std::abort();
}

// Not of `std::exception`, and what stands in it is nobody's business.
struct stranger {
  std::string secret = "s3cret";
};

void each_status_is_an_error_of_its_own() {
  const auto wrong = thrown<kouling::invalid_policy>([] { kouling::policy::parse("format = 1\n[rules.lenght]\n"); });
  CHECK(wrong.status() == kouling::status::invalid_policy && wrong.findings().size() >= 1);
  CHECK(wrong.findings()[0].file == "policy" && wrong.findings()[0].line >= 1 && !wrong.findings()[0].message.empty());
  CHECK(std::string(wrong.what()).find("lenght") != std::string::npos);
  thrown<kouling::unavailable>([] { kouling::policy::load("no/such.toml"); });
  thrown<kouling::unavailable>([] { kouling::policy_file("no/such.toml").policy(); });
  thrown<kouling::invalid_argument>([] { kouling::contract::built_in("no-such"); });
  thrown<kouling::invalid_argument>([] { kouling::code_keys(1, "short"); });
  thrown<kouling::unavailable>([] { kouling::record::read("rubbish"); });
  const auto policy = kouling::policy::parse(policy_of("[rules.history]\n"));
  kouling::facts facts(NOW);
  thrown<kouling::invalid_text>([&] { static_cast<void>(policy.evaluate("a\xff", facts)); });
  facts.add_previous("$no$such");
  const auto error = thrown<kouling::cannot_judge>([&] { static_cast<void>(policy.evaluate("s3cret-long", facts)); });
  CHECK(error.findings()[0].code == "stored_hash" && std::string(error.what()).find("s3cret") == std::string::npos);
  thrown<kouling::invalid_argument>([] { kouling::facts().set_now(1); });
  thrown<std::runtime_error>([] { kouling::policy::preset("no-such"); });
}

template <class Check>
kouling::policy with_check(Check check) {
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [check](kouling::table&) { return check; });
  return loader.parse("p", policy_of("[rules.own]\n"));
}

template <class Body>
void is_not_judged(Body throws) {
  kouling::facts facts(NOW);
  const auto check = [throws](const kouling::candidate&, kouling::findings&) { throws(); };
  const auto policy = with_check(check);
  const auto judged = policy.try_evaluate("veer-lantern-oboe-73-Quartz", facts);
  CHECK(judged.status() == kouling::status::cannot_judge && !*judged && !judged->get());
  CHECK(judged.report().text().find("s3cret") == std::string_view::npos);
  thrown<kouling::cannot_judge>([&] { static_cast<void>(policy.evaluate("veer-lantern-oboe-73-Quartz", facts)); });

  const auto history = kouling::policy::parse(policy_of("[rules.history]\n"));
  facts.add_previous("own:x", NOW - 60);
  facts.set_verifier(kouling::verifier([throws](std::string_view, std::string_view) {
    throws();
    return kouling::hash_answer::differs;
  }));
  const auto compared = history.try_evaluate("veer-lantern-oboe-73-Quartz", facts);
  CHECK(compared.status() == kouling::status::cannot_judge && !*compared);
}

template <class Body>
void is_not_loaded(Body throws) {
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [throws](kouling::table&) {
    throws();
    return [](const kouling::candidate&, kouling::findings&) {};
  });
  const auto made = loader.try_parse("p", policy_of("[rules.own]\n"));
  CHECK(made.status() == kouling::status::invalid_policy && !made->get());

  auto reading = kouling::loader::make();
  reading.set_source([throws](std::string_view, kouling::sink& sink) {
    sink.write("sesame\n");
    throws();
  });
  const auto read = reading.try_parse("p", policy_of("[rules.words]\nlists = [\"./own.txt\"]\n"));
  CHECK(read.status() == kouling::status::unavailable && !read->get());
}

void what_is_thrown_in_callbacks_is_no_yes() {
  const auto each = [](auto what) {
    is_not_judged(what);
    is_not_loaded(what);
  };
  each([] { throw std::runtime_error("s3cret"); });
  each([] { throw stranger(); });
  each([] { throw 7; });
  each([] { throw std::bad_alloc(); });
}

void a_rule_that_is_copied_badly_is_not_loaded() {
  struct check {
    check() = default;
    check(const check&) { throw stranger(); }
    void operator()(const kouling::candidate&, kouling::findings&) const {}
  };
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [](kouling::table&) {
    const check made;
    return check(made);
  });
  CHECK(loader.try_parse("p", policy_of("[rules.own]\n")).status() == kouling::status::invalid_policy);
}

void a_refusal_before_a_throw_is_no_outcome() {
  kouling::facts facts(NOW);
  const auto policy = with_check([](const kouling::candidate&, kouling::findings& findings) {
    findings.refuse("own.no");
    throw stranger();
  });
  CHECK(policy.try_evaluate("x", facts).status() == kouling::status::cannot_judge);
}

void a_redemption_keeps_its_verifier() {
  const auto policy = kouling::policy::preset("standard");
  const kouling::code_keys keys(1, std::string(32, 'k'));
  const auto kept = std::make_shared<int>(1);
  kouling::redemption_request request;
  request.caller.system = "test";
  request.caller.client_is_registered = true;
  request.verifier = kouling::verifier([kept](std::string_view, std::string_view) { return kouling::hash_answer::foreign; });
  {
    auto [redemption, step] = kouling::redemption::begin(policy, keys, request, NOW);
    request.verifier = kouling::verifier();
    CHECK(kept.use_count() == 2);
    auto elsewhere = std::move(redemption);
    CHECK(kept.use_count() == 2 && elsewhere.get());
  }
  CHECK(kept.use_count() == 1);
}

void a_change_says_all_or_the_first() {
  const auto policy = kouling::policy::parse(policy_of("[rules.length]\nmin = 40\n[rules.similarity]\n"));
  kouling::facts facts(NOW);
  facts.add_previous("own:x", NOW - 60);
  kouling::change_request request;
  request.caller = {"system", "fingerprint", "agent", "client", true};
  request.account.id = "7";
  request.account.is_active = true;
  request.account.facts = &facts;
  request.old = kouling::old_password::right;
  request.old_typed = "veer-lantern-oboe-73";
  request.password = "veer-lantern-oboe-74";
  const auto all = policy.change(request, NOW);
  CHECK(all.kind() == kouling::step_kind::refused && all.outcome().violations().size() == 2);
  CHECK(all.outcome().violations()[1].kind() == "similarity");
  request.reports_first = true;
  CHECK(policy.change(request, NOW).code() == "length.too_short");
  const auto first = policy.change(request, NOW);
  CHECK(first.outcome().violations().size() == 1);
  request.account.facts = nullptr;
  thrown<kouling::invalid_argument>([&] { static_cast<void>(policy.change(request, NOW)); });
  request.password = "";
  request.account.facts = &facts;
  CHECK(policy.change(request, NOW).kind() == kouling::step_kind::refused);
  thrown<kouling::invalid_argument>([&] { static_cast<void>(policy.change(request, NOW).take_approved()); });
}

void facts_are_chained() {
  const auto policy = kouling::policy::preset("standard");
  const auto facts = std::move(kouling::facts(NOW).add_attribute("username", "zhangsan").add_attribute("name", "张三"));
  const auto outcome = policy.evaluate("nasgnahz", facts);
  CHECK(!outcome && outcome.json().find("reversed_username") != std::string_view::npos);
  const auto explained = policy.explain("nasgnahz", facts, "zh");
  CHECK(!explained.judged && explained.json.find("\"rules\"") != std::string_view::npos);
  CHECK(kouling::words::compile("a-word\n", "here").find("A-Word"));
}

}  // namespace

int main() {
  each_status_is_an_error_of_its_own();
  what_is_thrown_in_callbacks_is_no_yes();
  a_rule_that_is_copied_badly_is_not_loaded();
  a_refusal_before_a_throw_is_no_outcome();
  a_redemption_keeps_its_verifier();
  a_change_says_all_or_the_first();
  facts_are_chained();
}
