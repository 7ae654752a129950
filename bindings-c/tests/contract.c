/* What the header promises about versions, results, errors, secrets, headers, payloads, options and NULL. */

#include <math.h>

#include "helpers.h"

static void versions_agree(void) {
    char header[32];
    snprintf(header, sizeof header, "%d.%d.%d", PAYVOST_VERSION_MAJOR, PAYVOST_VERSION_MINOR, PAYVOST_VERSION_PATCH);
    CHECK(strcmp(header, payvost_version()) == 0);
    CHECK(strcmp(header, PACKAGE_VERSION) == 0);
}

static void results_have_their_numbers_names_and_classes(void) {
    static const struct {
        unsigned number;
        payvost_result result;
        const char *code;
        payvost_class class;
    } results[] = {
        {0, PAYVOST_OK, "ok", PAYVOST_CLASS_NONE},
        {1, PAYVOST_INVALID_SECRET, "invalid_secret", PAYVOST_CLASS_CONFIGURATION},
        {2, PAYVOST_INVALID_OPTION, "invalid_option", PAYVOST_CLASS_CONFIGURATION},
        {3, PAYVOST_PAYLOAD_NOT_RAW, "payload_not_raw", PAYVOST_CLASS_CONFIGURATION},
        {4, PAYVOST_PAYLOAD_TOO_LARGE, "payload_too_large", PAYVOST_CLASS_INVALID_PAYLOAD},
        {5, PAYVOST_MISSING_SIGNATURE, "missing_signature", PAYVOST_CLASS_SIGNATURE_VERIFICATION},
        {6, PAYVOST_MALFORMED_SIGNATURE, "malformed_signature", PAYVOST_CLASS_SIGNATURE_VERIFICATION},
        {7, PAYVOST_SIGNATURE_MISMATCH, "signature_mismatch", PAYVOST_CLASS_SIGNATURE_VERIFICATION},
        {8, PAYVOST_INVALID_JSON, "invalid_json", PAYVOST_CLASS_INVALID_PAYLOAD},
        {9, PAYVOST_INVALID_EVENT, "invalid_event", PAYVOST_CLASS_INVALID_PAYLOAD},
        {10, PAYVOST_LIVE_MODE_MISMATCH, "live_mode_mismatch", PAYVOST_CLASS_EVENT_REJECTED},
        {11, PAYVOST_EVENT_TOO_OLD, "event_too_old", PAYVOST_CLASS_EVENT_REJECTED},
        {12, PAYVOST_EVENT_IN_FUTURE, "event_in_future", PAYVOST_CLASS_EVENT_REJECTED},
        {100, PAYVOST_INVALID_ARGUMENT, "invalid_argument", PAYVOST_CLASS_CONFIGURATION},
        {101, PAYVOST_PANIC, "panic", PAYVOST_CLASS_CONFIGURATION},
        {102, PAYVOST_STORE_FULL, "store_full", PAYVOST_CLASS_CONFIGURATION},
        {103, PAYVOST_UNEXPECTED_ANSWER, "unexpected_answer", PAYVOST_CLASS_CONFIGURATION},
        {104, PAYVOST_NO_RANDOM_BYTES, "no_random_bytes", PAYVOST_CLASS_CONFIGURATION},
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        CHECK(results[i].number == (unsigned)results[i].result);
        CHECK(strcmp(payvost_result_code(results[i].result), results[i].code) == 0);
        CHECK(payvost_result_class(results[i].result) == results[i].class);
    }
    CHECK(strcmp(payvost_result_code(4711), "unknown") == 0);
    CHECK(payvost_result_class(4711) == PAYVOST_CLASS_CONFIGURATION);
}

static void errors_say_what_and_where(void) {
    payvost_error error;
    size_t offset = 7;

    CHECK(refused(PAYVOST_LITERAL("[1,]"), &error) == PAYVOST_INVALID_JSON);
    CHECK(strcmp(payvost_error_code(&error), "invalid_json") == 0);
    CHECK(payvost_error_class(&error) == PAYVOST_CLASS_INVALID_PAYLOAD);
    CHECK(payvost_error_offset(&error, &offset) && offset == 3);
    CHECK(payvost_error_offset(&error, NULL));
    CHECK(payvost_error_pointer(&error) == NULL);
    CHECK(strstr(payvost_error_message(&error), "byte 3") != NULL);
    CHECK(strlen(payvost_error_hint(&error)) > 0);

    CHECK(refused(PAYVOST_LITERAL("{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"yesterday\"}"), &error) ==
          PAYVOST_INVALID_EVENT);
    CHECK(strcmp(payvost_error_pointer(&error), "/createdAt") == 0);
    CHECK(!payvost_error_offset(&error, &offset) && offset == 3);
    CHECK(strstr(payvost_error_message(&error), "yesterday") == NULL);

    CHECK(refused(PAYVOST_LITERAL("[]"), &error) == PAYVOST_INVALID_EVENT);
    CHECK(strcmp(payvost_error_pointer(&error), "") == 0);
    CHECK(refused("", 0, &error) == PAYVOST_INVALID_JSON);
    CHECK(payvost_error_offset(&error, &offset) && offset == 0);

    /* A call that works wipes what an earlier one left. */
    payvost_verifier *verifier = NULL;
    CHECK(payvost_verifier_new(SECRET, &verifier, &error) == PAYVOST_OK);
    payvost_verifier_free(verifier);
    const payvost_error none = {0};
    const payvost_error *const no_errors[] = {&error, &none, NULL};
    for (size_t i = 0; i < sizeof no_errors / sizeof *no_errors; i++) {
        CHECK(strcmp(payvost_error_code(no_errors[i]), "ok") == 0);
        CHECK(payvost_error_class(no_errors[i]) == PAYVOST_CLASS_NONE);
        CHECK(strcmp(payvost_error_message(no_errors[i]), "") == 0);
        CHECK(strcmp(payvost_error_hint(no_errors[i]), "") == 0);
        CHECK(!payvost_error_offset(no_errors[i], &offset) && offset == 0);
        CHECK(payvost_error_pointer(no_errors[i]) == NULL);
    }
}

static void secrets_that_are_none_are_refused(void) {
    static const struct {
        const char *secret;
        size_t length;
    } secrets[] = {
        {NULL, 0},
        {NULL, 5},
        {PAYVOST_LITERAL("")},
        {PAYVOST_LITERAL(" \t\n\v\f\r")},
        {PAYVOST_LITERAL("\0\0\0")},
        {PAYVOST_LITERAL("whsec_1\n")},
        {PAYVOST_LITERAL(" whsec_1")},
        {PAYVOST_LITERAL("sk_live_1")},
        {PAYVOST_LITERAL("pk_test_1")},
        {"whsec_1", SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        const char *secret = secrets[i].secret;
        size_t length = secrets[i].length;
        payvost_error error;
        payvost_verifier *verifier = UNTOUCHED;
        CHECK(payvost_verifier_new(secret, length, &verifier, &error) == PAYVOST_INVALID_SECRET);
        CHECK((void *)verifier == UNTOUCHED);
        CHECK(strcmp(payvost_error_code(&error), "invalid_secret") == 0);
        CHECK(strstr(payvost_error_message(&error), "whsec_1") == NULL);

        char signature[PAYVOST_SIGNATURE_SIZE] = "untouched";
        CHECK(payvost_sign(BODY, secret, length, signature, NULL) == PAYVOST_INVALID_SECRET);
        CHECK(strcmp(signature, "untouched") == 0);

        payvost_event *event = UNTOUCHED;
        CHECK(payvost_verify_webhook(NULL, 1, NULL, 0, secret, length, &event, NULL) == PAYVOST_INVALID_SECRET);
        CHECK((void *)event == UNTOUCHED);

        /* One bad secret makes the verifier refuse everything, and is reported before any option. */
        verifier = new_verifier();
        CHECK(payvost_verifier_set_max_payload_bytes(verifier, 0, NULL) == PAYVOST_INVALID_OPTION);
        CHECK(payvost_verifier_add_secret(verifier, secret, length, NULL) == PAYVOST_INVALID_SECRET);
        CHECK(payvost_verifier_add_secret(verifier, SECRET, NULL) == PAYVOST_INVALID_SECRET);
        CHECK(payvost_verifier_verify_signature(verifier, BODY, signed_by(BODY, SECRET), 64, NULL) ==
              PAYVOST_INVALID_SECRET);
        payvost_verifier_free(verifier);
    }
}

static void secrets_are_opaque_bytes(void) {
    static const struct {
        const char *secret;
        size_t length;
    } secrets[] = {{PAYVOST_LITERAL("whsec_a\0b")}, {PAYVOST_LITERAL("\0x")}, {PAYVOST_LITERAL("s\xc3\xa9\xff\xfe")}};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        payvost_event *event = NULL;
        const char *signature = signed_by(BODY, secrets[i].secret, secrets[i].length);
        CHECK(payvost_verify_webhook(BODY, signature, 64, secrets[i].secret, secrets[i].length, &event, NULL) ==
              PAYVOST_OK);
        payvost_event_free(event);
        event = UNTOUCHED;
        CHECK(payvost_verify_webhook(BODY, signature, 64, secrets[i].secret, secrets[i].length - 1, &event, NULL) !=
              PAYVOST_OK);
        CHECK((void *)event == UNTOUCHED);
    }
}

static payvost_timestamp clock_of(void *seconds) {
    return (payvost_timestamp){*(const int64_t *)seconds, 0};
}

static void a_tolerance_is_measured_by_the_clock_that_was_set(void) {
    static const struct {
        int64_t later;
        payvost_result result;
    } times[] = {{0, PAYVOST_OK}, {60, PAYVOST_OK}, {61, PAYVOST_EVENT_TOO_OLD}, {-60, PAYVOST_OK}, {-61, PAYVOST_EVENT_IN_FUTURE}};
    int64_t now;
    /* Whichever comes first. */
    for (int order = 0; order < 2; order++) {
        payvost_verifier *verifier = new_verifier();
        CHECK(payvost_verifier_set_clock(verifier, NULL, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
        if (order == 0) {
            CHECK(payvost_verifier_set_tolerance(verifier, 60, NULL) == PAYVOST_OK);
        }
        CHECK(payvost_verifier_set_clock(verifier, clock_of, &now, NULL) == PAYVOST_OK);
        if (order == 1) {
            CHECK(payvost_verifier_set_tolerance(verifier, 60, NULL) == PAYVOST_OK);
        }
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            payvost_event *event = NULL;
            now = 1761991200 + times[i].later; /* the createdAt of BODY */
            CHECK(payvost_verifier_verify(verifier, BODY, signed_by(BODY, SECRET), 64, &event, NULL) == times[i].result);
            payvost_event_free(event);
        }
        payvost_verifier_free(verifier);
    }
    CHECK(payvost_verifier_set_clock(NULL, clock_of, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
}

static void any_of_several_secrets_matches(void) {
    payvost_verifier *verifier = new_verifier();
    CHECK(payvost_verifier_verify_signature(verifier, BODY, signed_by(BODY, PAYVOST_LITERAL("old")), 64, NULL) ==
          PAYVOST_SIGNATURE_MISMATCH);
    CHECK(payvost_verifier_add_secret(verifier, PAYVOST_LITERAL("old"), NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify_signature(verifier, BODY, signed_by(BODY, PAYVOST_LITERAL("old")), 64, NULL) ==
          PAYVOST_OK);
    CHECK(payvost_verifier_verify_signature(verifier, BODY, signed_by(BODY, SECRET), 64, NULL) == PAYVOST_OK);
    payvost_verifier_free(verifier);
}

static void headers_are_64_lowercase_digits(void) {
    payvost_verifier *verifier = new_verifier();
    char good[PAYVOST_SIGNATURE_SIZE];
    memcpy(good, signed_by(BODY, SECRET), sizeof good);
    char upper[PAYVOST_SIGNATURE_SIZE], wrong[PAYVOST_SIGNATURE_SIZE], with_nul[PAYVOST_SIGNATURE_SIZE];
    memcpy(upper, good, sizeof good);
    memcpy(wrong, good, sizeof good);
    memcpy(with_nul, good, sizeof good);
    for (char *digit = upper; *digit != '\0'; digit++) {
        *digit = *digit >= 'a' ? (char)(*digit - 'a' + 'A') : *digit;
    }
    wrong[63] = wrong[63] == '0' ? '1' : '0';
    with_nul[40] = '\0';
    const struct {
        const char *header;
        size_t length;
        payvost_result expected;
    } headers[] = {
        {good, 64, PAYVOST_OK},
        {wrong, 64, PAYVOST_SIGNATURE_MISMATCH},
        {NULL, 0, PAYVOST_MISSING_SIGNATURE},
        {NULL, 64, PAYVOST_MISSING_SIGNATURE},
        {"", 0, PAYVOST_MISSING_SIGNATURE},
        {good, 0, PAYVOST_MISSING_SIGNATURE},
        {good, 63, PAYVOST_MALFORMED_SIGNATURE},
        {good, 65, PAYVOST_MALFORMED_SIGNATURE},
        {good, SIZE_MAX, PAYVOST_MALFORMED_SIGNATURE},
        {upper, 64, PAYVOST_MALFORMED_SIGNATURE},
        {with_nul, 64, PAYVOST_MALFORMED_SIGNATURE},
        {PAYVOST_LITERAL("sha256=0"), PAYVOST_MALFORMED_SIGNATURE},
        {PAYVOST_LITERAL("\xc3\xa9"), PAYVOST_MALFORMED_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        payvost_event *event = UNTOUCHED;
        payvost_result expected = headers[i].expected;
        CHECK(payvost_verifier_verify(verifier, BODY, headers[i].header, headers[i].length, &event, NULL) == expected);
        if (expected == PAYVOST_OK) {
            payvost_event_free(event);
        } else {
            CHECK((void *)event == UNTOUCHED);
        }
        CHECK(payvost_verifier_verify_signature(verifier, BODY, headers[i].header, headers[i].length, NULL) == expected);
    }
    payvost_verifier_free(verifier);
}

static void payloads_are_bytes(void) {
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = UNTOUCHED;
    const char *of_nothing = signed_by("", 0, SECRET);
    CHECK(payvost_verifier_verify_signature(verifier, NULL, 0, of_nothing, 64, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify_signature(verifier, "", 0, of_nothing, 64, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, NULL, 0, of_nothing, 64, &event, NULL) == PAYVOST_INVALID_JSON);
    CHECK(payvost_verifier_verify(verifier, NULL, 1, of_nothing, 64, &event, NULL) == PAYVOST_PAYLOAD_NOT_RAW);
    CHECK(payvost_verifier_verify(verifier, "", SIZE_MAX, of_nothing, 64, &event, NULL) == PAYVOST_PAYLOAD_NOT_RAW);
    CHECK(payvost_verifier_verify_signature(verifier, NULL, 1, of_nothing, 64, NULL) == PAYVOST_PAYLOAD_NOT_RAW);

    /* The signature alone does not ask for JSON, nor for text. */
    const char *of_bytes = signed_by(PAYVOST_LITERAL("\0\xff"), SECRET);
    CHECK(payvost_verifier_verify_signature(verifier, PAYVOST_LITERAL("\0\xff"), of_bytes, 64, NULL) == PAYVOST_OK);
    CHECK((void *)event == UNTOUCHED);
    payvost_verifier_free(verifier);
}

static void signing_fills_65_bytes_and_no_more(void) {
    char room[PAYVOST_SIGNATURE_SIZE + 1];
    room[PAYVOST_SIGNATURE_SIZE] = '#';
    /* RFC 4231, test case 2 */
    CHECK(payvost_sign(PAYVOST_LITERAL("what do ya want for nothing?"), PAYVOST_LITERAL("Jefe"), room, NULL) == PAYVOST_OK);
    CHECK(strcmp(room, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843") == 0);
    CHECK(room[PAYVOST_SIGNATURE_SIZE] == '#');

    payvost_error error;
    CHECK(payvost_sign(NULL, 1, SECRET, room, &error) == PAYVOST_PAYLOAD_NOT_RAW);
    CHECK(payvost_sign(NULL, 0, SECRET, room, &error) == PAYVOST_OK);
    CHECK(payvost_sign(BODY, SECRET, NULL, &error) == PAYVOST_INVALID_ARGUMENT);
}

static void options_are_checked_and_obeyed(void) {
    static const double bad_tolerances[] = {-1, -0.001, 3153600000.5, 1e300, NAN, INFINITY, -INFINITY};
    static const uint64_t bad_limits[] = {0, 268435456, UINT64_C(1) << 32, UINT64_MAX};
    const char *signature = signed_by(BODY, SECRET);
    payvost_event *event = UNTOUCHED;
    payvost_error error;

    /* A refusal is permanent, even if its result was not checked. */
    for (size_t i = 0; i < sizeof bad_tolerances / sizeof *bad_tolerances; i++) {
        payvost_verifier *verifier = new_verifier();
        CHECK(payvost_verifier_set_tolerance(verifier, bad_tolerances[i], &error) == PAYVOST_INVALID_OPTION);
        CHECK(strcmp(payvost_error_code(&error), "invalid_option") == 0);
        CHECK(payvost_verifier_set_tolerance(verifier, 60, NULL) == PAYVOST_INVALID_OPTION);
        CHECK(payvost_verifier_verify(verifier, BODY, signature, 64, &event, &error) == PAYVOST_INVALID_OPTION);
        CHECK(payvost_verifier_verify(verifier, NULL, 1, NULL, 0, &event, &error) == PAYVOST_INVALID_OPTION);
        payvost_verifier_free(verifier);
    }
    for (size_t i = 0; i < sizeof bad_limits / sizeof *bad_limits; i++) {
        payvost_verifier *verifier = new_verifier();
        CHECK(payvost_verifier_set_max_payload_bytes(verifier, bad_limits[i], NULL) == PAYVOST_INVALID_OPTION);
        CHECK(payvost_verifier_verify_signature(verifier, BODY, signature, 64, &error) == PAYVOST_INVALID_OPTION);
        payvost_verifier_free(verifier);
    }

    payvost_verifier *verifier = new_verifier();
    CHECK(payvost_verifier_set_expect_live_mode(verifier, false, &error) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, BODY, signature, 64, &event, &error) == PAYVOST_LIVE_MODE_MISMATCH);
    CHECK(payvost_verifier_set_expect_live_mode(verifier, true, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_set_tolerance(verifier, 0.5, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, BODY, signature, 64, &event, &error) == PAYVOST_EVENT_TOO_OLD);
    CHECK(payvost_verifier_set_tolerance(verifier, 3153600000.0, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, 3, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, BODY, signature, 64, &event, &error) == PAYVOST_PAYLOAD_TOO_LARGE);
    CHECK((void *)event == UNTOUCHED);
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, 268435455, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify(verifier, BODY, signature, 64, &event, &error) == PAYVOST_OK);
    payvost_event_free(event);

    static const char future[] = "{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"9999-01-01T00:00:00Z\","
                                 "\"liveMode\":true,\"data\":{}}";
    event = UNTOUCHED;
    CHECK(payvost_verifier_verify(verifier, future, sizeof future - 1, signed_by(future, sizeof future - 1, SECRET), 64,
                                  &event, NULL) == PAYVOST_EVENT_IN_FUTURE);
    payvost_verifier_free(verifier);
}

static void null_is_refused_or_empty_everywhere(void) {
    payvost_error error;
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = UNTOUCHED;
    const char *signature = signed_by(BODY, SECRET);
#define MISUSED(call)                                                                 \
    CHECK((call) == PAYVOST_INVALID_ARGUMENT);                                        \
    CHECK(strcmp(payvost_error_code(&error), "invalid_argument") == 0);               \
    CHECK(payvost_error_class(&error) == PAYVOST_CLASS_CONFIGURATION);                \
    CHECK(*payvost_error_message(&error) != '\0' && *payvost_error_hint(&error) != '\0')

    MISUSED(payvost_verifier_new(SECRET, NULL, &error));
    MISUSED(payvost_verifier_new(NULL, 0, NULL, &error));
    MISUSED(payvost_verifier_add_secret(NULL, SECRET, &error));
    MISUSED(payvost_verifier_set_tolerance(NULL, 60, &error));
    MISUSED(payvost_verifier_set_expect_live_mode(NULL, true, &error));
    MISUSED(payvost_verifier_set_max_payload_bytes(NULL, 100, &error));
    MISUSED(payvost_verifier_verify(NULL, BODY, signature, 64, &event, &error));
    MISUSED(payvost_verifier_verify(verifier, BODY, signature, 64, NULL, &error));
    MISUSED(payvost_verifier_verify_signature(NULL, BODY, signature, 64, &error));
    MISUSED(payvost_verify_webhook(BODY, signature, 64, SECRET, NULL, &error));
    MISUSED(payvost_sign(BODY, SECRET, NULL, &error));
#undef MISUSED
    CHECK((void *)event == UNTOUCHED);

    /* Without an error object, too. */
    CHECK(payvost_verifier_new(SECRET, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_verifier_verify(NULL, NULL, 0, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_verify_webhook(NULL, 0, NULL, 0, NULL, 0, NULL, NULL) == PAYVOST_INVALID_ARGUMENT);
    payvost_verifier_free(verifier);
    payvost_verifier_free(NULL);
    payvost_event_free(NULL);

    CHECK(is(payvost_event_id(NULL), "", 0) && payvost_event_id(NULL).data != NULL);
    CHECK(is(payvost_event_type(NULL), "", 0));
    CHECK(is(payvost_event_created_at_text(NULL), "", 0));
    CHECK(payvost_event_created_at(NULL).seconds == 0 && payvost_event_created_at(NULL).nanoseconds == 0);
    CHECK(!payvost_event_live_mode(NULL));
    const payvost_value absent[] = {
        payvost_event_data(NULL),
        payvost_event_previous_data(NULL),
        payvost_event_value(NULL),
        payvost_event_pointer(NULL, PAYVOST_LITERAL("")),
        payvost_event_pointer(NULL, NULL, 0),
        {0},
    };
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        CHECK(payvost_value_kind(absent[i]) == PAYVOST_KIND_ABSENT);
        CHECK(payvost_value_length(absent[i]) == 0);
        CHECK(is(payvost_value_json(absent[i]), "", 0));
        CHECK(!payvost_value_bool(absent[i], NULL) && !payvost_value_string(absent[i], NULL));
        CHECK(!payvost_value_int64(absent[i], NULL) && !payvost_value_double(absent[i], NULL));
        CHECK(!payvost_value_number_text(absent[i], NULL));
        CHECK(payvost_value_kind(payvost_value_member(absent[i], PAYVOST_LITERAL("a"))) == PAYVOST_KIND_ABSENT);
        CHECK(payvost_value_kind(payvost_value_element(absent[i], 0)) == PAYVOST_KIND_ABSENT);
        CHECK(payvost_value_kind(payvost_value_pointer(absent[i], PAYVOST_LITERAL(""))) == PAYVOST_KIND_ABSENT);
        payvost_iterator none = payvost_value_iterate(absent[i]);
        CHECK(!payvost_iterator_next(&none, NULL, NULL));
    }
    CHECK(!payvost_iterator_next(NULL, NULL, NULL));
    payvost_iterator zeroed = {0};
    CHECK(!payvost_iterator_next(&zeroed, NULL, NULL));

    event = verified(BODY);
    payvost_value data = payvost_event_data(event);
    CHECK(payvost_value_kind(payvost_value_member(data, NULL, 0)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_value_member(data, NULL, 3)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_value_pointer(data, NULL, 0)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_event_pointer(event, NULL, 3)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_event_pointer(event, "", SIZE_MAX)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_bool(payvost_event_pointer(event, PAYVOST_LITERAL("/liveMode")), NULL));
    CHECK(payvost_value_string(payvost_event_pointer(event, PAYVOST_LITERAL("/id")), NULL));
    CHECK(!payvost_str_equals(payvost_event_id(event), NULL, 0));
    CHECK(!payvost_str_equals((payvost_str){NULL, 0}, PAYVOST_LITERAL("")));
    payvost_event_free(event);
}

int main(void) {
    versions_agree();
    results_have_their_numbers_names_and_classes();
    errors_say_what_and_where();
    secrets_that_are_none_are_refused();
    secrets_are_opaque_bytes();
    a_tolerance_is_measured_by_the_clock_that_was_set();
    any_of_several_secrets_matches();
    headers_are_64_lowercase_digits();
    payloads_are_bytes();
    signing_fills_65_bytes_and_no_more();
    options_are_checked_and_obeyed();
    null_is_refused_or_empty_everywhere();
    return summary();
}
