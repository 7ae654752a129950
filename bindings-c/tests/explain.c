/* The shared vectors of `explain`, on the C interface: explain FOLDER */

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>

#include "canonical.h"
#include "check.h"
#include "helpers.h"

#define MAX_TEXTS 8

/* A string, or bytes in hex. */
static payvost_str text_of(json_t *value, struct buffer *bytes) {
    append(bytes, "", 0);
    if (json_is_string(value)) {
        append(bytes, json_string_value(value), json_string_length(value));
    } else {
        append_unhexed(bytes, json_string_value(json_object_get(value, "hex")));
    }
    return (payvost_str){bytes->data, bytes->length};
}

struct list {
    struct buffer bytes[MAX_TEXTS];
    payvost_str texts[MAX_TEXTS];
    size_t count;
};

static void read_list(json_t *values, struct list *list) {
    memset(list, 0, sizeof *list);
    for (; list->count < json_array_size(values) && list->count < MAX_TEXTS; list->count++) {
        list->texts[list->count] = text_of(json_array_get(values, list->count), &list->bytes[list->count]);
    }
    CHECK(list->count == json_array_size(values));
}

static void free_list(struct list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->bytes[i].data);
    }
}

static int equals(payvost_str text, json_t *expected) {
    return is(text, json_string_value(expected), json_string_length(expected));
}

static void run(json_t *test) {
    struct buffer body_bytes = {0}, secret_bytes = {0};
    payvost_str body = text_of(json_object_get(test, "body"), &body_bytes);
    payvost_str secret = text_of(json_object_get(test, "secret"), &secret_bytes);
    struct list headers, secrets, bodies;
    read_list(json_object_get(test, "headers"), &headers);
    read_list(json_object_get(test, "other_secrets"), &secrets);
    read_list(json_object_get(test, "other_bodies"), &bodies);

    payvost_explanation *explanation = NULL;
    CHECK(payvost_explain(body.data, body.len, headers.texts, headers.count, secret.data, secret.len, secrets.texts,
                          secrets.count, bodies.texts, bodies.count, &explanation, NULL) == PAYVOST_OK);
    CHECK(equals(payvost_explanation_verdict(explanation), json_object_get(test, "verdict")));
    json_t *causes = json_object_get(test, "causes"), *expected;
    size_t i;
    payvost_cause cause;
    json_array_foreach(causes, i, expected) {
        CHECK(payvost_explanation_cause(explanation, i, &cause) && equals(cause.code, expected));
        CHECK(cause.evidence.len > 0 && cause.fix.len > 0);
    }
    CHECK(!payvost_explanation_cause(explanation, json_array_size(causes), &cause));

    payvost_explanation_free(explanation);
    free_list(&headers);
    free_list(&secrets);
    free_list(&bodies);
    free(body_bytes.data);
    free(secret_bytes.data);
}

int main(int argc, char **argv) {
    char pattern[4096];
    glob_t files;
    if (argc != 2) {
        return 2;
    }
    snprintf(pattern, sizeof pattern, "%s/*.json", argv[1]);
    CHECK(glob(pattern, 0, NULL, &files) == 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        json_t *file = json_load_file(files.gl_pathv[i], JSON_ALLOW_NUL, NULL), *test;
        size_t place;
        json_array_foreach(json_object_get(file, "cases"), place, test) {
            run(test);
        }
        json_decref(file);
    }
    globfree(&files);

    payvost_explanation *explanation = UNTOUCHED;
    CHECK(payvost_explain(BODY, NULL, 0, NULL, 0, NULL, 0, NULL, 0, &explanation, NULL) == PAYVOST_INVALID_SECRET);
    CHECK((void *)explanation == UNTOUCHED);
    CHECK(payvost_explain(BODY, NULL, 1, SECRET, NULL, 0, NULL, 0, &explanation, NULL) != PAYVOST_OK);
    payvost_explanation_free(NULL);
    return summary();
}
