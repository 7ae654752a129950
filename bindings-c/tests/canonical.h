/* Bytes that grow, and the canonical form of values; tests/vectors/README.md describes it. */

#ifndef CANONICAL_H
#define CANONICAL_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

/* Bytes that grow. */
struct buffer {
    char *data;
    size_t length;
    size_t room;
};

static char *append(struct buffer *buffer, const char *data, size_t length) {
    if (buffer->room - buffer->length < length + 1) {
        buffer->room = 2 * buffer->room + length + 1;
        buffer->data = realloc(buffer->data, buffer->room);
        if (buffer->data == NULL) {
            abort();
        }
    }
    char *end = buffer->data + buffer->length;
    if (data != NULL) {
        memcpy(end, data, length);
    }
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return end;
}

static void append_hex(struct buffer *buffer, payvost_str text) {
    char *end = append(buffer, NULL, 2 * text.len);
    for (size_t i = 0; i < text.len; i++) {
        *end++ = "0123456789abcdef"[(unsigned char)text.data[i] >> 4];
        *end++ = "0123456789abcdef"[(unsigned char)text.data[i] & 15];
    }
}

/* A member, or an element under its index. */
struct entry {
    payvost_str key;
    payvost_value value;
};

typedef char decimal[24];

static int compare_texts(payvost_str a, payvost_str b) {
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_entries(const void *a, const void *b) {
    return compare_texts(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void append_canonical(struct buffer *buffer, payvost_value value);

static void append_entries(struct buffer *buffer, payvost_value container) {
    size_t count = payvost_value_length(container), read = 0;
    struct entry *entries = malloc((count + 1) * sizeof *entries);
    decimal *indexes = malloc((count + 1) * sizeof *indexes);
    if (entries == NULL || indexes == NULL) {
        abort();
    }
    payvost_iterator each = payvost_value_iterate(container);
    for (; payvost_iterator_next(&each, &entries[read].key, &entries[read].value); read++) {
        if (payvost_value_kind(container) == PAYVOST_KIND_ARRAY) {
            int length = sprintf(indexes[read], "%zu", read);
            entries[read].key = (payvost_str){indexes[read], (size_t)length};
        }
    }
    CHECK(read == count);
    qsort(entries, count, sizeof *entries, compare_entries);
    append(buffer, "{", 1);
    for (size_t i = 0; i < count; i++) {
        append(buffer, ",", i > 0);
        append_hex(buffer, entries[i].key);
        append(buffer, ":", 1);
        append_canonical(buffer, entries[i].value);
    }
    append(buffer, "}", 1);
    free(entries);
    free(indexes);
}

static void append_number(struct buffer *buffer, payvost_value value) {
    double number;
    uint64_t bits;
    char text[32];
    CHECK(payvost_value_double(value, &number));
    number += 0.0; /* -0 becomes +0 */
    memcpy(&bits, &number, sizeof bits);
    append(buffer, text, (size_t)sprintf(text, "d%016" PRIx64, bits));
}

static void append_string(struct buffer *buffer, payvost_value value) {
    payvost_str text;
    CHECK(payvost_value_string(value, &text));
    append(buffer, "\"", 1);
    append_hex(buffer, text);
    append(buffer, "\"", 1);
}

static void append_canonical(struct buffer *buffer, payvost_value value) {
    bool truth;
    switch (payvost_value_kind(value)) {
    case PAYVOST_KIND_NULL:
        append(buffer, "n", 1);
        break;
    case PAYVOST_KIND_BOOL:
        append(buffer, payvost_value_bool(value, &truth) && truth ? "t" : "f", 1);
        break;
    case PAYVOST_KIND_NUMBER:
        append_number(buffer, value);
        break;
    case PAYVOST_KIND_STRING:
        append_string(buffer, value);
        break;
    case PAYVOST_KIND_ARRAY:
    case PAYVOST_KIND_OBJECT:
        append_entries(buffer, value);
        break;
    case PAYVOST_KIND_ABSENT:
        CHECK(!"a value that is there is absent");
    }
}

static void append_unhexed(struct buffer *buffer, const char *hex) {
    for (; *hex != '\0'; hex += 2) {
        unsigned byte = 0;
        CHECK(sscanf(hex, "%2x", &byte) == 1);
        append(buffer, &(char){(char)byte}, 1);
    }
}

#endif
