// `.value()` throws the error of each status. Exceptions in callbacks never leave the library and never accept.
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

// Not a `std::exception`; its content must not be reported.
struct stranger {
  std::string secret = "s3cret";
};

void each_status_has_an_exception() {
  const auto wrong = thrown<kouling::invalid_policy>([] { static_cast<void>(kouling::policy::parse("format = 1\n[rules.lenght]\n").value()); });
  CHECK(wrong.status() == kouling::status::invalid_policy && wrong.problems().size() >= 1);
  CHECK(wrong.problems()[0].file == "policy" && wrong.problems()[0].line >= 1 && !wrong.problems()[0].message.empty());
  CHECK(std::string(wrong.what()).find("lenght") != std::string::npos);
  thrown<kouling::unavailable>([] { static_cast<void>(kouling::policy::load("no/such.toml").value()); });
  thrown<kouling::unavailable>([] { static_cast<void>(kouling::policy_file::make("no/such.toml").value().policy().value()); });
  thrown<kouling::invalid_argument>([] { static_cast<void>(kouling::contract::built_in("no-such").value()); });
  thrown<kouling::invalid_argument>([] { static_cast<void>(kouling::code_keys::make(1, "short").value()); });
  thrown<kouling::unavailable>([] { static_cast<void>(kouling::record::read("rubbish").value()); });
  const auto policy = kouling::policy::parse(policy_of("[rules.history]\n")).value();
  auto facts = kouling::facts::make(NOW);
  thrown<kouling::invalid_text>([&] { static_cast<void>(policy.evaluate("a\xff", facts).value()); });
  facts.add_previous("$no$such").value();
  const auto error = thrown<kouling::cannot_judge>([&] { static_cast<void>(policy.evaluate("s3cret-long", facts).value()); });
  CHECK(error.problems()[0].code == "stored_hash" && std::string(error.what()).find("s3cret") == std::string::npos);
  thrown<kouling::invalid_argument>([] { kouling::facts().set_now(1).value(); });
  thrown<std::runtime_error>([] { static_cast<void>(kouling::policy::preset("no-such").value()); });
}

template <class Check>
kouling::policy with_check(Check check) {
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [check](kouling::table&) { return check; }).value();
  return loader.parse("p", policy_of("[rules.own]\n")).value();
}

template <class Body>
void is_not_evaluated(Body throws) {
  auto facts = kouling::facts::make(NOW);
  const auto check = [throws](const kouling::candidate&, kouling::findings&) { throws(); };
  const auto policy = with_check(check);
  const auto outcome = policy.evaluate("veer-lantern-oboe-73-Quartz", facts);
  CHECK(outcome.status() == kouling::status::cannot_judge && !*outcome && !outcome->get());
  CHECK(outcome.report().text().find("s3cret") == std::string_view::npos);
  thrown<kouling::cannot_judge>(
      [&] { static_cast<void>(policy.evaluate("veer-lantern-oboe-73-Quartz", facts).value()); });

  const auto history = kouling::policy::parse(policy_of("[rules.history]\n")).value();
  facts.add_previous("own:x", NOW - 60).value();
  const kouling::verifier verifier([throws](std::string_view, std::string_view) {
    throws();
    return kouling::hash_result::differs;
  });
  facts.set_verifier(verifier).value();
  const auto compared = history.evaluate("veer-lantern-oboe-73-Quartz", facts);
  CHECK(compared.status() == kouling::status::cannot_judge && !*compared);
}

template <class Body>
void is_not_loaded(Body throws) {
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [throws](kouling::table&) {
    throws();
    return [](const kouling::candidate&, kouling::findings&) {};
  }).value();
  const auto made = loader.parse("p", policy_of("[rules.own]\n"));
  CHECK(made.status() == kouling::status::invalid_policy && !made->get());

  auto reading = kouling::loader::make();
  reading.set_source([throws](std::string_view, kouling::sink& sink) {
    sink.write("sesame\n");
    throws();
  }).value();
  const auto read = reading.parse("p", policy_of("[rules.words]\nlists = [\"./own.txt\"]\n"));
  CHECK(read.status() == kouling::status::unavailable && !read->get());
}

void exception_in_a_callback_never_accepts() {
  const auto each = [](auto what) {
    is_not_evaluated(what);
    is_not_loaded(what);
  };
  each([] { throw std::runtime_error("s3cret"); });
  each([] { throw stranger(); });
  each([] { throw 7; });
  each([] { throw std::bad_alloc(); });
}

void rule_that_throws_when_copied_is_not_loaded() {
  struct check {
    check() = default;
    check(const check&) { throw stranger(); }
    void operator()(const kouling::candidate&, kouling::findings&) const {}
  };
  auto loader = kouling::loader::make();
  loader.add_rule_kind({"own", {"own.no"}, {}}, [](kouling::table&) {
    const check made;
    return check(made);
  }).value();
  CHECK(loader.parse("p", policy_of("[rules.own]\n")).status() == kouling::status::invalid_policy);
}

void violation_before_an_exception_gives_no_outcome() {
  auto facts = kouling::facts::make(NOW);
  const auto policy = with_check([](const kouling::candidate&, kouling::findings& findings) {
    findings.refuse("own.no");
    throw stranger();
  });
  CHECK(policy.evaluate("x", facts).status() == kouling::status::cannot_judge);
}

void redemption_stores_its_verifier() {
  const auto policy = kouling::policy::preset("standard").value();
  const auto keys = kouling::code_keys::make(1, std::string(32, 'k')).value();
  const auto kept = std::make_shared<int>(1);
  kouling::redemption_request request;
  request.caller.system = "test";
  request.caller.client_is_registered = true;
  request.verifier = kouling::verifier([kept](std::string_view, std::string_view) { return kouling::hash_result::unknown; });
  {
    auto [redemption, step] = kouling::redemption::begin(policy, keys, request, NOW).value();
    request.verifier = kouling::verifier();
    CHECK(kept.use_count() == 2);
    auto elsewhere = std::move(redemption);
    CHECK(kept.use_count() == 2 && elsewhere.get());
  }
  CHECK(kept.use_count() == 1);
}

void change_reports_all_violations_or_the_first() {
  const auto policy = kouling::policy::parse(policy_of("[rules.length]\nmin = 40\n[rules.similarity]\n")).value();
  auto facts = kouling::facts::make(NOW);
  facts.add_previous("own:x", NOW - 60).value();
  kouling::change_request request;
  request.caller = {"system", "fingerprint", "agent", "client", true};
  request.account.id = "7";
  request.account.is_active = true;
  request.account.facts = &facts;
  request.old_check = kouling::old_password::correct;
  request.old_password = "veer-lantern-oboe-73";
  request.password = "veer-lantern-oboe-74";
  const auto all = policy.change(request, NOW).value();
  CHECK(all.kind() == kouling::step_kind::refused && all.outcome().violations().size() == 2);
  CHECK(all.outcome().violations()[1].kind() == "similarity");
  request.reports_first = true;
  CHECK(policy.change(request, NOW)->code() == "length.too_short");
  const auto first = policy.change(request, NOW).value();
  CHECK(first.outcome().violations().size() == 1);
  request.account.facts = nullptr;
  thrown<kouling::invalid_argument>([&] { static_cast<void>(policy.change(request, NOW).value()); });
  request.password = "";
  request.account.facts = &facts;
  CHECK(policy.change(request, NOW)->kind() == kouling::step_kind::refused);
  thrown<kouling::invalid_argument>([&] { static_cast<void>(policy.change(request, NOW).value().take_approved().value()); });
}

void values_of_temporaries_are_usable() {
  const auto policy = kouling::policy::preset("standard").value();
  auto facts = kouling::facts::make(NOW);
  facts.add_attribute("username", "zhangsan").value();
  const auto outcome = policy.evaluate("nasgnahz", facts).value();
  CHECK(!outcome && outcome.json().value().find("reversed_username") != std::string_view::npos);
  const auto explained = policy.explain("nasgnahz", facts, "zh").value();
  CHECK(!explained.outcome && explained.json.find("\"rules\"") != std::string_view::npos);
  CHECK(kouling::words::compile("a-word\n", "here").value().find("A-Word").value());
}

}  // namespace

int main() {
  each_status_has_an_exception();
  exception_in_a_callback_never_accepts();
  rule_that_throws_when_copied_is_not_loaded();
  violation_before_an_exception_gives_no_outcome();
  redemption_stores_its_verifier();
  change_reports_all_violations_or_the_first();
  values_of_temporaries_are_usable();
}
