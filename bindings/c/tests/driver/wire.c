#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fault(const char *what) {
    fprintf(stderr, "driver: %s\n", what);
    exit(2);
}

void *memory(void *old, size_t size) {
    void *block = realloc(old, size ? size : 1);
    if (!block) fault("out of memory");
    return block;
}

/* Reads a decimal number up to `end`; false at the end of the input. */
static bool read_size(char end, size_t *size) {
    int next = getchar();
    if (next == EOF) return false;
    for (*size = 0; next != end; next = getchar()) {
        if (next < '0' || next > '9' || *size > SIZE_MAX / 16) fault("invalid number");
        *size = *size * 10 + (size_t)(next - '0');
    }
    return true;
}

bool command_read(struct command *command) {
    command->next = 0;
    if (!read_size('\n', &command->count)) return false;
    command->fields = memory(NULL, command->count * sizeof *command->fields);
    for (size_t i = 0; i < command->count; i++) {
        size_t length;
        if (!read_size(':', &length)) fault("a record ends too early");
        char *bytes = memory(NULL, length);
        if (fread(bytes, 1, length, stdin) != length || getchar() != '\n') fault("a field ends too early");
        command->fields[i].data = bytes;
        command->fields[i].length = length;
    }
    return true;
}

void command_free(struct command *command) {
    for (size_t i = 0; i < command->count; i++) free((void *)command->fields[i].data);
    free(command->fields);
}

struct kouling_text next_text(struct command *command) {
    if (command->next == command->count) fault("a field is missing");
    return command->fields[command->next++];
}

int64_t next_number(struct command *command) {
    struct kouling_text text = next_text(command);
    char digits[24] = {0}, *end = digits;
    if (!text.length || text.length >= sizeof digits) fault("a field is not a number");
    memcpy(digits, text.data, text.length);
    long long number = strtoll(digits, &end, 10);
    if (*end) fault("a field is not a number");
    return number;
}

size_t next_count(struct command *command) {
    int64_t number = next_number(command);
    if (number < 0 || (uint64_t)number > command->count) fault("a list is longer than its command");
    return (size_t)number;
}

bool next_flag(struct command *command) {
    return next_number(command) != 0;
}

static void append(struct answer *answer, const char *bytes, size_t length) {
    if (answer->room - answer->length < length) {
        answer->room = (answer->length + length) * 2;
        answer->bytes = memory(answer->bytes, answer->room);
    }
    if (length) memcpy(answer->bytes + answer->length, bytes, length);
    answer->length += length;
}

void put(struct answer *answer, struct kouling_text field) {
    char head[24];
    if (answer->failed) return;
    append(answer, head, (size_t)snprintf(head, sizeof head, "%zu:", field.length));
    append(answer, field.data, field.length);
    append(answer, "\n", 1);
    answer->fields++;
}

void put_word(struct answer *answer, const char *word) {
    put(answer, kouling_text_of(word));
}

void put_number(struct answer *answer, uint64_t number) {
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    put_word(answer, digits);
}

void put_failure(struct answer *answer, const char *what, struct kouling_report *report) {
    struct kouling_text text = kouling_report_text(report);
    char told[1024];
    snprintf(told, sizeof told, "%s: %.*s", what, (int)(text.length < 900 ? text.length : 900),
             text.length ? text.data : "");
    if (answer->failed) return;
    answer->length = answer->fields = 0;
    put_word(answer, "failed");
    put_word(answer, told);
    answer->failed = true;
}

void answer_send(struct answer *answer) {
    printf("%zu\n", answer->fields);
    fwrite(answer->bytes, 1, answer->length, stdout);
    if (fflush(stdout)) fault("stdout is closed");
    free(answer->bytes);
}

bool same(struct kouling_text one, struct kouling_text other) {
    return one.length == other.length && (!one.length || !memcmp(one.data, other.data, one.length));
}

bool is(struct kouling_text text, const char *word) {
    return same(text, kouling_text_of(word));
}

bool holds_text(struct kouling_text text, const char *word) {
    size_t length = strlen(word);
    for (size_t at = 0; at + length <= text.length; at++)
        if (!memcmp(text.data + at, word, length)) return true;
    return false;
}
