// Properties of the types, above all what must not compile; checked by every compiler, with exceptions and without.
#include <kouling.hpp>

#include <iterator>
#include <type_traits>

namespace {

template <class T>
constexpr bool is_moved = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                          std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                          std::is_nothrow_default_constructible_v<T>;
template <class T>
constexpr bool is_shared = std::is_nothrow_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                           std::is_nothrow_move_constructible_v<T> && std::is_nothrow_default_constructible_v<T>;

static_assert(is_moved<kouling::outcome> && is_moved<kouling::facts> && is_moved<kouling::report>);
static_assert(is_moved<kouling::loader> && is_moved<kouling::policy_file> && is_moved<kouling::code_keys>);
static_assert(is_moved<kouling::record> && is_moved<kouling::sending> && is_moved<kouling::redemption>);
static_assert(is_moved<kouling::step> && is_moved<kouling::approved> && is_moved<kouling::effects>);
static_assert(is_shared<kouling::policy> && is_shared<kouling::contract> && is_shared<kouling::words>);
static_assert(is_shared<kouling::verifier>);
static_assert(sizeof(kouling::policy) == sizeof(void*) && sizeof(kouling::outcome) == sizeof(void*));

// An outcome converts to bool, a result does not: a call that succeeded does not mean that a password is accepted.
static_assert(std::is_constructible_v<bool, const kouling::outcome&>);
static_assert(!std::is_convertible_v<const kouling::outcome&, bool>);
static_assert(!std::is_constructible_v<bool, kouling::result<kouling::outcome>&>);
static_assert(!std::is_constructible_v<bool, kouling::result<bool>&>);
static_assert(!std::is_constructible_v<bool, const kouling::step&>);

// Views of a temporary do not compile.
template <class T, class = void>
constexpr bool shows_violations = false;
template <class T>
constexpr bool shows_violations<T, std::void_t<decltype(std::declval<T>().violations())>> = true;
static_assert(shows_violations<kouling::outcome&> && shows_violations<const kouling::outcome&>);
static_assert(!shows_violations<kouling::outcome> && shows_violations<kouling::outcome_view>);
template <class T, class = void>
constexpr bool shows_effects = false;
template <class T>
constexpr bool shows_effects<T, std::void_t<decltype(std::declval<T>().effects())>> = true;
static_assert(shows_effects<kouling::step&> && !shows_effects<kouling::step>);

using iterator = kouling::violations::iterator;
static_assert(std::is_same_v<std::iterator_traits<iterator>::value_type, kouling::violation>);
static_assert(std::is_base_of_v<std::input_iterator_tag, std::iterator_traits<iterator>::iterator_category>);
#if defined(__cpp_lib_ranges)
template <class Range>
constexpr bool is_range = std::ranges::forward_range<Range> && std::ranges::sized_range<Range> &&
                          std::ranges::borrowed_range<Range> && std::ranges::view<Range> &&
                          std::ranges::common_range<Range>;
static_assert(is_range<kouling::violations> && is_range<kouling::effects_view>);
static_assert(is_range<decltype(std::declval<kouling::violation>().numbers())>);
static_assert(is_range<decltype(std::declval<kouling::sending&>().budgets())>);
static_assert(is_range<decltype(std::declval<kouling::report&>().problems())>);
static_assert(std::ranges::range<const kouling::effects&>);
#elif __cplusplus > 201703L
#error "C++20 without ranges"
#endif

#if KOULING_EXCEPTIONS
static_assert(std::is_base_of_v<std::runtime_error, kouling::error>);
static_assert(std::is_base_of_v<kouling::error, kouling::cannot_judge>);
static_assert(std::is_nothrow_copy_constructible_v<kouling::invalid_policy>);
#endif

}  // namespace

// Several files of a program may include the header.
std::size_t in_another_file(const kouling::outcome& outcome);
std::size_t in_another_file(const kouling::outcome& outcome) { return outcome.violations().size(); }
