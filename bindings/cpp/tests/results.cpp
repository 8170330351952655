// The calls, used without exceptions; runs with exceptions enabled and disabled.
#include <kouling.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"

std::size_t in_another_file(const kouling::outcome& outcome);

namespace {

using kouling::status;
const kouling::moment NOW = 1795392000;
const std::string_view LENGTH = "format = 1\nname = \"a\"\n[rules.length]\nmin = 8\n";

kouling::policy length() { return *kouling::policy::parse(LENGTH); }

void password_is_evaluated() {
  const auto policy = kouling::policy::preset("standard");
  CHECK(policy.ok() && policy->name() == "standard" && policy->digest().size() == 64);
  CHECK(policy->describe("zh")->find("\"language\":\"zh\"") != std::string_view::npos);
  auto facts = kouling::facts::make(NOW);
  CHECK(facts.add_attribute("username", "zhangsan").ok() && facts.add_attribute("name", "张三").ok());
  const auto outcome = policy->evaluate("nasgnahz", facts);
  CHECK(outcome.ok() && !outcome->accepted() && !*outcome && !outcome->violations().empty());
  CHECK(in_another_file(*outcome) == outcome->violations().size());
  const auto contract = kouling::contract::built_in("idaas-ciam");
  for (const auto& violation : outcome->violations()) {
    CHECK(!violation.code().empty() && !violation.rule().empty() && !violation.kind().empty());
    CHECK(violation.message() == violation.message("en") && violation.message("zh") != violation.message("en"));
    CHECK(!violation.contract_code(*contract).empty());
  }
  CHECK(outcome->json("en", &*contract)->find("\"wire\"") != std::string_view::npos);
  CHECK(outcome->json()->find("\"wire\"") == std::string_view::npos);
  CHECK(*policy->evaluate("veer-lantern-oboe-73-Quartz", facts));
  CHECK(outcome->guesses_log10() && *outcome->guesses_log10() > 0 && *outcome->guesses_log10() < 6);
  CHECK(!kouling::outcome().guesses_log10());
}

void ranges_work_with_algorithms() {
  auto facts = kouling::facts::make(NOW);
  const auto policy = kouling::policy::parse(
      "format = 1\nname = \"a\"\n[rules.length]\nmin = 8\n[rules.variety]\nmin_distinct = 4\n"
      "[rules.w]\nkind = \"length\"\nmin = 9\nseverity = \"warn\"\n[rules.s]\nkind = \"length\"\nmin = 9\nseverity = \"shadow\"\n");
  if (!policy.ok()) std::fprintf(stderr, "%s\n", std::string(policy.report().text()).c_str());
  CHECK(policy.ok());
  const auto outcome = *policy->evaluate("aab", facts);
  const auto all = outcome.violations();
  CHECK(all.size() == 2 && std::distance(all.begin(), all.end()) == 2);
  CHECK(outcome.warnings().size() == 1 && outcome.shadows().size() == 1 && outcome.notes().empty());
  const auto is_length = [](const kouling::violation& each) { return each.code() == "length.too_short"; };
  const auto found = std::find_if(all.begin(), all.end(), is_length);
  CHECK(found != all.end() && found->rule() == "length" && std::count_if(all.begin(), all.end(), is_length) == 1);
  const auto numbers = found->numbers();
  const auto least = std::find_if(numbers.begin(), numbers.end(), [](const auto& each) { return each.name == "min"; });
  CHECK(least != numbers.end() && least->value == 8);
  auto walk = all.begin();
  const auto first = walk++;
  CHECK(first == all.begin() && walk != first && ++walk == all.end() && (*first).code() == all[0].code());
  std::vector<kouling::violation> kept(all.begin(), all.end());
  CHECK(kept.size() == 2 && kept[1].code() == all[1].code());
  CHECK(all[7].code().empty() && kouling::violations().empty());
#if defined(__cpp_lib_ranges)
  CHECK(std::ranges::find_if(outcome.violations(), is_length)->code() == "length.too_short");
  CHECK(std::ranges::distance(outcome.violations()) == 2);
#endif
}

void views_are_valid_as_long_as_the_outcome() {
  auto facts = kouling::facts::make(NOW);
  auto outcome = [&] { return *length().evaluate("abc", facts); }();
  const auto found = outcome.violations()[0];
  const auto message = found.message("zh");
  const kouling::outcome moved = std::move(outcome);
  CHECK(found.code() == "length.too_short" && message == moved.violations()[0].message("zh"));
  auto explained = length().explain("abc", facts);
  const auto json = explained->json;
  const auto kept = *std::move(explained);
  CHECK(kept.json == json && kept.json.find("too_short") != std::string_view::npos && !kept.outcome);
}

void empty_objects_accept_nothing() {
  auto facts = kouling::facts::make(NOW);
  const kouling::policy none;
  const auto outcome = none.evaluate("veer-lantern-oboe-73-Quartz", facts);
  CHECK(outcome.status() == status::invalid_argument && !outcome.ok() && !*outcome && !outcome->accepted());
  CHECK(outcome->violations().empty() && outcome.report().problems().size() == 1);
  CHECK(kouling::step().kind() == kouling::step_kind::refused && kouling::step().code().empty());
  CHECK(kouling::record().state() == kouling::record_state::revoked);
  const kouling::step nothing;
  CHECK(nothing.effects().empty() && !nothing.outcome() && nothing.outcome().violations().empty());
  CHECK(kouling::facts().set_now(1).status() == status::invalid_argument);
  CHECK(kouling::effects().empty() && kouling::approved().password().empty());
  CHECK(kouling::retry_after(1, 60, kouling::moments(nullptr, 3), NOW) == UINT64_MAX);
  CHECK(kouling::retry_after(1, 60, std::vector<kouling::moment>{NOW}, NOW) == 60);
  CHECK(kouling::retry_after(1, 60, {}, NOW) == 0);
}

void empty_password_is_evaluated() {
  auto facts = kouling::facts::make(NOW);
  for (const auto password : {std::string_view(), std::string_view("")}) {
    const auto outcome = length().evaluate(password, facts);
    CHECK(outcome.ok() && !*outcome && outcome->violations()[0].code() == "length.too_short");
    CHECK(facts.set_current(password).ok());
  }
  CHECK(length().evaluate(std::string_view("a\0b", 3), facts).status() == status::invalid_text);
  CHECK(length().evaluate("a\xff", facts).status() == status::invalid_text);
}

void owners_are_move_only() {
  auto facts = kouling::facts::make(NOW);
  auto outcome = *length().evaluate("a-long-password", facts);
  CHECK(outcome);
  auto& same = outcome;
  outcome = std::move(same);
  CHECK(outcome.accepted());
  kouling::outcome other = std::move(outcome);
  // A moved-from object is empty, as the header says.
  CHECK(other && !outcome && outcome.get() == nullptr);
  other = *length().evaluate("short", facts);
  CHECK(!other && other.violations().size() == 1);
  std::swap(other, outcome);
  CHECK(other.get() == nullptr && outcome.violations().size() == 1);
}

void shared_objects_are_copied() {
  kouling::policy policy = length();
  kouling::policy copy = policy;
  CHECK(copy.get() == policy.get());
  auto& same = policy;
  policy = same;
  policy = std::move(same);
  CHECK(policy.get() == copy.get());
  policy = kouling::policy();
  CHECK(!policy.get() && policy.name().empty() && copy.name() == "a");
  std::vector<kouling::policy> many(20, copy);
  copy = kouling::policy();
  CHECK(many.back().name() == "a");
  auto words = *kouling::words::compile("sesame\nmellon\n", "a test");
  const auto again = *kouling::words::read(words.bytes());
  words = again;
  CHECK(words.count() == 2 && *words.find("MELLON") && !*words.find("x"));
  CHECK(!*kouling::words::read("Mellon\n", true)->find("mellon"));
}

void problems_have_locations() {
  const auto wrong = kouling::policy::parse("format = 1\nname = \"a\"\n[rules.lenght]\nmin = 8\n");
  CHECK(wrong.status() == status::invalid_policy && !wrong->get());
  const auto found = wrong.report().problems();
  CHECK(found.size() == 1 && found[0].code == "unknown-kind" && found[0].line == 3 && found[0].column == 8);
  CHECK(found[0].file == "policy" && found[0].message.find("lenght") != std::string_view::npos);
  CHECK(found[0].help.find("length") != std::string_view::npos && !wrong.report().text().empty());
  CHECK(kouling::policy::load("no/such.toml").status() == status::unavailable);
  const auto file = kouling::policy_file::make("no/such.toml");
  CHECK(file.ok() && file->policy().status() == status::unavailable);
  CHECK(kouling::contract::built_in("no-such").status() == status::invalid_argument);
  CHECK(kouling::record::read("rubbish").status() == status::unavailable);
  CHECK(kouling::code_keys::make(1, "short").status() == status::invalid_argument);
  auto keys = *kouling::code_keys::make(1, std::string(32, 'k'));
  CHECK(keys.add_older(2, std::string(32, 'o')).ok() && !keys.add_older(2, "").ok());
  const auto contract = *kouling::contract::built_in("idaas-ciam");
  const auto response = contract.response("host.malformed", "zh");
  CHECK(response.ok() && response->http_status == 400 && !response->code.empty() && !response->message.empty());
}

void custom_rule_reports_violations() {
  auto loader = kouling::loader::make();
  const kouling::rule_kind kind{"letter", {"letter.found"}, {"count"}};
  const auto build = [](kouling::table& table) {
    const auto letter = table.text("letter");
    if (letter.size() != 1) table.add_error("letter", "expected one letter");
    return [letter = std::string(letter), most = table.count("most", 0, 0, 9)](const kouling::candidate& candidate,
                                                                              kouling::findings& findings) {
      const auto text = candidate.folded();
      const auto count = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), letter[0]));
      if (count > most) findings.refuse("letter.found", {{"count", count}});
    };
  };
  CHECK(loader.add_rule_kind(kind, build).ok());
  const auto policy = loader.parse("p", "format = 1\nname = \"a\"\n[rules.letter]\nletter = \"q\"\nmost = 1\n");
  CHECK(policy.ok());
  auto facts = kouling::facts::make(NOW);
  const auto outcome = *policy->evaluate("qQ", facts);
  CHECK(outcome.violations().size() == 1 && outcome.violations()[0].numbers()[0].value == 2);
  CHECK(*policy->evaluate("q", facts));
  const auto wrong = loader.parse("p", "format = 1\nname = \"a\"\n[rules.letter]\nleter = \"q\"\n");
  CHECK(wrong.status() == status::invalid_policy && wrong.report().problems().size() == 2);

  // A check that returns false, or reports a code or number that is not declared, fails.
  const auto status_with = [&](auto check) {
    auto own = kouling::loader::make();
    CHECK(own.add_rule_kind({"own", {"own.no"}, {}}, [check](kouling::table&) { return check; }).ok());
    const auto made = own.parse("p", "format = 1\nname = \"a\"\n[rules.own]\n");
    CHECK(made.ok());
    auto result = made->evaluate("x", facts);
    CHECK(result.ok() || !*result);
    return result.status();
  };
  CHECK(status_with([](const kouling::candidate&, kouling::findings&) {}) == status::ok);
  CHECK(status_with([](const kouling::candidate&, kouling::findings&) { return true; }) == status::ok);
  CHECK(status_with([](const kouling::candidate&, kouling::findings&) { return false; }) == status::cannot_judge);
  CHECK(status_with([](const kouling::candidate&, kouling::findings& f) { f.refuse("own.yes"); }) == status::cannot_judge);
  CHECK(status_with([](const kouling::candidate&, kouling::findings& f) { f.refuse("own.no", {{"such", 1}}); }) ==
        status::cannot_judge);
}

struct no_name {
  explicit no_name(kouling::table& table) : otherwise(table.flag("otherwise", false)) {}
  void operator()(const kouling::candidate& candidate, kouling::findings& findings) const {
    CHECK(candidate.length() == 3 && candidate.text() == "Ann" && candidate.reversed() == "nna");
    CHECK(candidate.now() == NOW && candidate.attribute("name", 1).empty());
    if (otherwise != (candidate.attribute("name") == candidate.text())) findings.refuse("no_name.is");
  }
  bool otherwise;
};

void custom_rule_may_be_a_class() {
  auto loader = kouling::loader::make();
  CHECK(loader.add_rule_kind<no_name>({"no_name", {"no_name.is"}, {}}).ok());
  const auto policy = *loader.parse("p", "format = 1\nname = \"a\"\n[rules.no_name]\n");
  loader = kouling::loader();
  auto facts = kouling::facts::make(NOW);
  CHECK(facts.add_attribute("name", "Ann").ok());
  CHECK(policy.evaluate("Ann", facts)->violations()[0].code() == "no_name.is");
}

void callback_context_is_freed_once() {
  const auto context = std::make_shared<int>(7);
  const auto build = [context](kouling::table&) {
    return [context](const kouling::candidate&, kouling::findings&) { return *context == 7; };
  };
  kouling::policy policy;
  {
    auto loader = kouling::loader::make();
    CHECK(loader.add_rule_kind({"own", {"own.no"}, {}}, build).ok());
    CHECK(context.use_count() == 3);
    CHECK(!loader.add_rule_kind({"own", {"other.no"}, {}}, build).ok());
    CHECK(context.use_count() == 3);
    policy = *loader.parse("p", "format = 1\nname = \"a\"\n[rules.own]\n");
    CHECK(context.use_count() == 4);
    auto into = std::move(loader);
    loader = std::move(into);
  }
  auto facts = kouling::facts::make(NOW);
  CHECK(context.use_count() == 4 && policy.evaluate("x", facts)->accepted());
  policy = kouling::policy();
  CHECK(context.use_count() == 2);
}

void source_serves_files() {
  const auto served = std::make_shared<std::string>("sesame\n");
  const auto read = [served](std::string_view name, kouling::sink& sink) {
    return name == "own.txt" && sink.write(*served);
  };
  auto loader = kouling::loader::make();
  CHECK(loader.set_source(read).ok());
  CHECK(served.use_count() == 3);
  const std::string_view text = "format = 1\nname = \"a\"\n[rules.words]\nlists = [\"./own.txt\"]\n";
  const auto policy = loader.parse("p", text);
  CHECK(policy.ok());
  CHECK(loader.parse("p", "format = 1\nname = \"a\"\nextends = [\"./no.toml\"]\n").status() == status::unavailable);
  CHECK(loader.set_source(nullptr).ok() && served.use_count() == 2);
  CHECK(loader.parse("p", text).status() == status::unavailable);
  CHECK(loader.add_words("own.txt", *kouling::words::read("sesame\n")).ok() && loader.parse("p", text).ok());
  auto facts = kouling::facts::make(NOW);
  CHECK(!*policy->evaluate("sesame", facts));
}

void verifier_is_stored_with_the_facts() {
  const auto policy = *kouling::policy::parse("format = 1\nname = \"a\"\n[rules.history]\n");
  const auto salt = std::make_shared<std::string>("own:");
  auto facts = kouling::facts::make(NOW);
  {
    const kouling::verifier verifier([salt](std::string_view password, std::string_view stored) {
      if (stored.substr(0, salt->size()) != *salt) return kouling::hash_result::unknown;
      return stored.substr(salt->size()) == password ? kouling::hash_result::matches : kouling::hash_result::differs;
    });
    CHECK(facts.set_verifier(verifier).ok() && salt.use_count() == 2);
  }
  CHECK(facts.add_previous("own:sesame", NOW - 60).ok());
  kouling::facts moved = std::move(facts);
  CHECK(!*policy.evaluate("sesame", moved) && *policy.evaluate("mellon", moved));
  CHECK(moved.add_previous("$no$such").ok());
  const auto outcome = policy.evaluate("mellon", moved);
  CHECK(outcome.status() == status::cannot_judge && !*outcome);
  CHECK(moved.set_verifier(kouling::verifier()).ok());
  CHECK(salt.use_count() == 1);
}

void threads_share_policy_and_outcome() {
  const auto policy = *kouling::policy::preset("standard");
  auto facts = kouling::facts::make(NOW);
  CHECK(facts.add_attribute("username", "zhangsan").ok());
  const auto shared = *policy.evaluate("nasgnahz", facts);
  const auto expected = std::string(*shared.json("zh"));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 16; thread++) {
    threads.emplace_back([policy, &facts, &shared, &expected] {
      for (int round = 0; round < 20; round++) {
        const auto own = policy;
        const auto outcome = own.evaluate("nasgnahz", facts);
        CHECK(outcome.ok() && !*outcome && *outcome->json("zh") == expected && *shared.json("zh") == expected);
        CHECK(*own.evaluate("veer-lantern-oboe-73-Quartz", facts));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace

int main() {
  CHECK(kouling::abi() == kouling::header_abi && !kouling::version().empty());
  password_is_evaluated();
  ranges_work_with_algorithms();
  views_are_valid_as_long_as_the_outcome();
  empty_objects_accept_nothing();
  empty_password_is_evaluated();
  owners_are_move_only();
  shared_objects_are_copied();
  problems_have_locations();
  custom_rule_reports_violations();
  custom_rule_may_be_a_class();
  callback_context_is_freed_once();
  source_serves_files();
  verifier_is_stored_with_the_facts();
  threads_share_policy_and_outcome();
}
