/* Commands as they come in and answers as they go out: see protocol.md. */
#ifndef KOULING_TESTS_WIRE_H
#define KOULING_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kouling.h"

/* A command: its fields, each a block of its own on the heap and no byte longer than it is, so that a sanitizer sees who
 * reads on behind its end. */
struct command {
    struct kouling_text *fields;
    size_t count;
    size_t next;
};

/* An answer in the making. */
struct answer {
    char *bytes;
    size_t length;
    size_t room;
    size_t fields;
    bool failed;
};

/* The next command; false where there is none any more. */
bool command_read(struct command *command);
void command_free(struct command *command);

/* The fields one after the other. One that is not there, or no number, ends the driver. */
struct kouling_text next_text(struct command *command);
int64_t next_number(struct command *command);
size_t next_count(struct command *command);
bool next_flag(struct command *command);

/* One more field. */
void put(struct answer *answer, struct kouling_text field);
void put_word(struct answer *answer, const char *word);
void put_number(struct answer *answer, uint64_t number);
/* Forgets what was put and answers `failed`, whatever is put later. */
void put_failure(struct answer *answer, const char *what, struct kouling_report *report);
/* Sends it and frees it. */
void answer_send(struct answer *answer);

bool same(struct kouling_text one, struct kouling_text other);
bool is(struct kouling_text text, const char *word);
bool holds_text(struct kouling_text text, const char *word);

/* Memory or the end of the driver. */
void *memory(void *old, size_t size);
/* The end of the driver. */
void fault(const char *what);

#endif
