// Ends the test with the location if a condition does not hold.
#ifndef KOULING_TESTS_CHECK_HPP
#define KOULING_TESTS_CHECK_HPP

#include <cstdio>
#include <cstdlib>

#define CHECK(so)                                                      \
  do {                                                                 \
    if (!(so)) {                                                       \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #so);    \
      std::exit(1);                                                    \
    }                                                                  \
  } while (false)

#endif
