// Evaluates the vectors through `kouling.hpp`: a command on stdin, an answer on stdout. See
// `bindings/c/tests/driver/protocol.md`. Without exceptions, it has no reset flow.
#include <climits>

#include "evaluate.hpp"
#include "standing.hpp"
#if KOULING_EXCEPTIONS
#include "flow.hpp"
#endif

namespace {

void version(answer& answer) {
  answer.put("version").put(std::uint64_t{kouling::header_abi}).put(kouling::abi()).put(kouling::version());
}

// Errors that a sanitizer must detect.
void break_something(command& command, answer& answer) {
  const auto what = command.text();
  char* volatile bytes = new char[16];
  volatile int greatest = INT_MAX;
  if (what == "overflow") bytes[16] = 1;
  if (what == "undefined") greatest = greatest + 1;
  if (what != "leak") delete[] bytes;
  bytes = nullptr;
  answer.put("ok");
}

#if KOULING_EXCEPTIONS
std::optional<world> begun;

void begin_world(command& command, answer& answer, const kouling::contract& contract) {
  begun.reset();
  begun = world{policy_named(command).value(), contract, kouling::code_keys::make(1, std::string(32, '\46')).value()};
  answer.put("ok");
}

void flow(std::string_view name, command& command, answer& answer) {
  if (begun) run_flow(*begun, name, command, answer);
  else answer.fail("there is no world");
}
#else
void begin_world(command&, answer& answer, const kouling::contract&) { answer.fail("this driver has no reset flow"); }
void flow(std::string_view, command&, answer& answer) { answer.fail("this driver has no reset flow"); }
#endif

void run(command& command, answer& answer, const kouling::contract& contract) {
  const auto name = command.text();
  if (name == "version") version(answer);
  else if (name == "evaluate") evaluate(command, answer, contract);
  else if (name == "standing") standing(command, answer);
  else if (name == "policy") load_policy(command, answer);
  else if (name == "select") select_policy(command, answer);
  else if (name == "world") begin_world(command, answer, contract);
  else if (name == "break") break_something(command, answer);
  else flow(name, command, answer);
}

}  // namespace

int main() {
  const auto contract = kouling::contract::built_in("idaas-ciam");
  must(contract.ok(), "no contract");
  while (auto command = command::read()) {
    answer answer;
#if KOULING_EXCEPTIONS
    try {
      run(*command, answer, *contract);
    } catch (const std::exception& error) {
      answer.fail(error.what());
    }
#else
    run(*command, answer, *contract);
#endif
    answer.send();
  }
}
