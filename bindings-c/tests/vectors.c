/* The vectors that all languages share, on the C interface: vectors FOLDER OBSERVED
 *
 * Observations go to the file OBSERVED, one line per case, and are compared there with those of the other languages.
 * The forms of the cases and of the canonical values are described in tests/vectors/README.md. */

#include <glob.h>
#include <jansson.h>

#include "canonical.h"

/* The bytes of a member that is text, or hex under its name with "_hex"; none, and a data of NULL, when there is neither. */
static struct buffer bytes_of(json_t *object, const char *name, const char *name_hex) {
    struct buffer bytes = {0};
    json_t *text = json_object_get(object, name), *hex = json_object_get(object, name_hex);
    if (text != NULL) {
        append(&bytes, json_string_value(text), json_string_length(text));
    } else if (hex != NULL) {
        append(&bytes, "", 0);
        append_unhexed(&bytes, json_string_value(hex));
    }
    return bytes;
}

static struct buffer payload_of(json_t *test) {
    json_t *parts = json_object_get(test, "payload_repeat"), *part;
    size_t i;
    if (parts == NULL) {
        return bytes_of(test, "payload", "payload_hex");
    }
    struct buffer payload = {0};
    json_array_foreach(parts, i, part) {
        json_t *text = json_array_get(part, 0);
        for (json_int_t left = json_integer_value(json_array_get(part, 1)); left > 0; left--) {
            append(&payload, json_string_value(text), json_string_length(text));
        }
    }
    return payload;
}

static struct buffer secret_of(json_t *secrets, size_t index) {
    json_t *secret = json_array_get(secrets, index);
    if (json_is_object(secret)) {
        return bytes_of(secret, "", "hex");
    }
    struct buffer text = {0};
    if (secret != NULL) {
        append(&text, json_string_value(secret), json_string_length(secret));
    }
    return text;
}

/* NULL, and the error, when the first secret is refused. What else is refused shows when the verifier is used. */
static payvost_verifier *verifier_of(json_t *test, payvost_error *error) {
    json_t *secrets = json_object_get(test, "secrets"), *value;
    const char *option;
    payvost_verifier *verifier = NULL;
    struct buffer secret = secret_of(secrets, 0);
    payvost_result result = payvost_verifier_new(secret.data, secret.length, &verifier, error);
    free(secret.data);
    if (result != PAYVOST_OK) {
        return NULL;
    }
    for (size_t i = 1; i < json_array_size(secrets); i++) {
        secret = secret_of(secrets, i);
        payvost_verifier_add_secret(verifier, secret.data, secret.length, NULL);
        free(secret.data);
    }
    json_object_foreach(json_object_get(test, "options"), option, value) {
        if (strcmp(option, "tolerance") == 0 && json_is_number(value)) {
            payvost_verifier_set_tolerance(verifier, json_number_value(value), NULL);
        } else if (strcmp(option, "expect_live_mode") == 0 && json_is_boolean(value)) {
            payvost_verifier_set_expect_live_mode(verifier, json_is_true(value), NULL);
        } else if (strcmp(option, "max_payload_bytes") == 0 && json_is_integer(value)) {
            payvost_verifier_set_max_payload_bytes(verifier, (uint64_t)json_integer_value(value), NULL);
        } else {
            CHECK(!"the option can be set in C");
        }
    }
    return verifier;
}

/* The typed accessors agree with the tree. */
static void check_accessors(const payvost_event *event) {
    payvost_value all = payvost_event_value(event);
    payvost_str id = payvost_event_id(event), type = payvost_event_type(event), created = payvost_event_created_at_text(event);
    bool live = false;
#define FIELD(name) payvost_value_member(all, PAYVOST_LITERAL(name))
    CHECK(reads(FIELD("id"), id.data, id.len));
    CHECK(reads(FIELD("type"), type.data, type.len));
    CHECK(reads(FIELD("createdAt"), created.data, created.len));
    CHECK(payvost_value_bool(FIELD("liveMode"), &live) && live == payvost_event_live_mode(event));
    CHECK(payvost_value_json(FIELD("data")).data == payvost_value_json(payvost_event_data(event)).data);
    payvost_value previous = payvost_event_previous_data(event);
    if (payvost_value_kind(previous) == PAYVOST_KIND_ABSENT) {
        CHECK(payvost_value_kind(FIELD("previousData")) <= PAYVOST_KIND_NULL);
    } else {
        CHECK(payvost_value_json(FIELD("previousData")).data == payvost_value_json(previous).data);
    }
#undef FIELD
}

/* A line of OBSERVED. The value is stolen. */
static json_t *verdict(json_t *test, const char *code, const size_t *offset, const char *pointer, json_t *value) {
    return json_pack("{s:O, s:s, s:o, s:o, s:o}", "id", json_object_get(test, "id"), "verdict", code, "offset",
                     offset != NULL ? json_integer((json_int_t)*offset) : json_null(), "pointer",
                     pointer != NULL ? json_string(pointer) : json_null(), "value", value != NULL ? value : json_null());
}

static json_t *observe(json_t *test) {
    struct buffer payload = payload_of(test), signature = bytes_of(test, "signature", "signature_hex"), canonical = {0};
    payvost_error error;
    payvost_event *event = NULL;
    payvost_result result = PAYVOST_INVALID_SECRET;
    payvost_verifier *verifier = verifier_of(test, &error);
    json_t *observed, *value = NULL;
    if (verifier != NULL) {
        result = payvost_verifier_verify(verifier, payload.data, payload.length, signature.data, signature.length, &event,
                                         &error);
        payvost_result alone = payvost_verifier_verify_signature(verifier, payload.data, payload.length, signature.data,
                                                                 signature.length, NULL);
        CHECK(alone == (result == PAYVOST_OK || result > PAYVOST_SIGNATURE_MISMATCH ? PAYVOST_OK : result));
        payvost_verifier_free(verifier);
    }
    if (result == PAYVOST_OK) {
        check_accessors(event);
        append_canonical(&canonical, payvost_event_value(event));
        value = json_stringn(canonical.data, canonical.length);
        observed = verdict(test, "valid", NULL, NULL, value);
    } else {
        size_t offset;
        CHECK(strcmp(payvost_error_code(&error), payvost_result_code(result)) == 0);
        observed = verdict(test, payvost_error_code(&error), payvost_error_offset(&error, &offset) ? &offset : NULL,
                           payvost_error_pointer(&error), NULL);
    }
    payvost_event_free(event);
    free(payload.data);
    free(signature.data);
    free(canonical.data);
    return observed;
}

static json_t *expected_of(json_t *test) {
    json_t *error = json_object_get(test, "error"), *offset = json_object_get(error, "offset");
    size_t number = (size_t)json_integer_value(offset);
    if (error == NULL) {
        return verdict(test, "valid", NULL, NULL, json_incref(json_object_get(test, "value")));
    }
    return verdict(test, json_string_value(json_object_get(error, "code")), offset != NULL ? &number : NULL,
                   json_string_value(json_object_get(error, "pointer")), NULL);
}

static size_t run_file(const char *path, FILE *log) {
    json_error_t problem;
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &problem), *tests = json_object_get(file, "cases"), *test;
    size_t i;
    if (file == NULL) {
        printf("%s:%d: %s\n", path, problem.line, problem.text);
    }
    CHECK(json_array_size(tests) > 0);
    json_array_foreach(tests, i, test) {
        json_t *observed = observe(test), *expected = expected_of(test);
        char *line = json_dumps(observed, JSON_COMPACT);
        fprintf(log, "%s\n", line);
        CHECK(json_equal(observed, expected));
        if (!json_equal(observed, expected)) {
            char *wanted = json_dumps(expected, JSON_COMPACT);
            printf("  %s\n  observed %.500s\n  expected %.500s\n", json_string_value(json_object_get(test, "comment")), line,
                   wanted);
            free(wanted);
        }
        free(line);
        json_decref(observed);
        json_decref(expected);
    }
    i = json_array_size(tests);
    json_decref(file);
    return i;
}

int main(int count, char **arguments) {
    glob_t files;
    size_t cases = 0, lines = 0;
    char pattern[4096];
    if (count != 3) {
        fprintf(stderr, "usage: vectors FOLDER OBSERVED\n");
        return 2;
    }
    snprintf(pattern, sizeof pattern, "%s/*.json", arguments[1]);
    CHECK(glob(pattern, 0, NULL, &files) == 0);
    FILE *log = fopen(arguments[2], "w+");
    if (log == NULL) {
        perror(arguments[2]);
        return 2;
    }
    for (size_t i = 0; i < files.gl_pathc; i++) {
        cases += run_file(files.gl_pathv[i], log);
    }
    globfree(&files);

    /* No case was left out on the way. */
    rewind(log);
    for (int byte = fgetc(log); byte != EOF; byte = fgetc(log)) {
        lines += byte == '\n';
    }
    CHECK(fclose(log) == 0);
    CHECK(lines == cases);
    printf("%zu cases\n", cases);
    return summary();
}
