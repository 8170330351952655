/* Reads commands and writes answers: see protocol.md. */
#ifndef KOULING_TESTS_WIRE_H
#define KOULING_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kouling.h"

/* A command: its fields. Each is a heap block of exactly its size, so that a sanitizer detects reads past its end. */
struct command {
    struct kouling_text *fields;
    size_t count;
    size_t next;
};

/* An answer that is being written. */
struct answer {
    char *bytes;
    size_t length;
    size_t room;
    size_t fields;
    bool failed;
};

/* Reads the next command; false at the end of the input. */
bool command_read(struct command *command);
void command_free(struct command *command);

/* Reads the next field. A missing field, or one that is not a number, ends the driver. */
struct kouling_text next_text(struct command *command);
int64_t next_number(struct command *command);
size_t next_count(struct command *command);
bool next_flag(struct command *command);

/* Adds a field. */
void put(struct answer *answer, struct kouling_text field);
void put_word(struct answer *answer, const char *word);
void put_number(struct answer *answer, uint64_t number);
/* Replaces the answer by `failed`, also if more fields are added later. */
void put_failure(struct answer *answer, const char *what, struct kouling_report *report);
/* Sends an answer and frees it. */
void answer_send(struct answer *answer);

bool same(struct kouling_text one, struct kouling_text other);
bool is(struct kouling_text text, const char *word);
bool holds_text(struct kouling_text text, const char *word);

/* Allocates memory, or ends the driver. */
void *memory(void *old, size_t size);
/* Ends the driver. */
void fault(const char *what);

#endif
