/* Reading an event and its values. */

#include <math.h>
#include <stdlib.h>

#include "helpers.h"

/* The event of the provider's guide. */
static const char guide[] =
    "{\n  \"id\": \"evt_abc123xyz\",\n  \"type\": \"payment.succeeded\",\n  \"createdAt\": \"2025-11-01T10:00:00Z\",\n"
    "  \"liveMode\": true,\n  \"data\": {\n    \"id\": \"pay_def456uvw\",\n    \"amount\": \"99.99\",\n"
    "    \"currency\": \"USD\",\n    \"status\": \"succeeded\",\n    \"customer\": {\n"
    "      \"email\": \"customer@example.com\",\n      \"name\": \"John Doe\"\n    },\n"
    "    \"metadata\": {\n      \"orderId\": \"order_12345\"\n    }\n  },\n  \"previousData\": null\n}\n";

static void the_event_of_the_guide_is_read(void) {
    payvost_event *event = NULL;
    payvost_error error;
    const char *signature = signed_by(guide, sizeof guide - 1, SECRET);
    CHECK(payvost_verify_webhook(guide, sizeof guide - 1, signature, 64, SECRET, &event, &error) == PAYVOST_OK);
    CHECK(strcmp(payvost_error_code(&error), "ok") == 0);

    CHECK(is(payvost_event_id(event), PAYVOST_LITERAL("evt_abc123xyz")));
    CHECK(payvost_str_equals(payvost_event_type(event), PAYVOST_LITERAL("payment.succeeded")));
    CHECK(!payvost_str_equals(payvost_event_type(event), PAYVOST_LITERAL("payment.succeede")));
    CHECK(payvost_event_created_at(event).seconds == 1761991200);
    CHECK(payvost_event_created_at(event).nanoseconds == 0);
    CHECK(is(payvost_event_created_at_text(event), PAYVOST_LITERAL("2025-11-01T10:00:00Z")));
    CHECK(payvost_event_live_mode(event));
    CHECK(payvost_value_kind(payvost_event_previous_data(event)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_event_pointer(event, PAYVOST_LITERAL("/previousData"))) == PAYVOST_KIND_NULL);

    payvost_value data = payvost_event_data(event);
    CHECK(payvost_value_kind(data) == PAYVOST_KIND_OBJECT && payvost_value_length(data) == 6);
    CHECK(reads(payvost_value_member(data, PAYVOST_LITERAL("amount")), PAYVOST_LITERAL("99.99")));
    CHECK(reads(payvost_value_pointer(data, PAYVOST_LITERAL("/metadata/orderId")), PAYVOST_LITERAL("order_12345")));
    CHECK(reads(payvost_event_pointer(event, PAYVOST_LITERAL("/data/customer/email")),
                PAYVOST_LITERAL("customer@example.com")));
    CHECK(payvost_value_length(payvost_event_value(event)) == 6);

    /* The texts stand in the payload itself: nothing was copied. */
    payvost_str id = payvost_event_id(event);
    CHECK(id.data == strstr(guide, "evt_abc123xyz"));
    payvost_event_free(event);
}

/* For a host with a garbage collector: nothing of the caller's is needed any more. */
static void a_copy_outlives_its_payload(void) {
    payvost_verifier *verifier = new_verifier();
    payvost_event *event = NULL;
    payvost_error error;
    char *payload = malloc(sizeof guide), signature[PAYVOST_SIGNATURE_SIZE];
    memcpy(payload, guide, sizeof guide);
    memcpy(signature, signed_by(guide, sizeof guide - 1, SECRET), sizeof signature);
    CHECK(payvost_verifier_verify_copy(verifier, payload, sizeof guide - 1, signature, 64, &event, &error) == PAYVOST_OK);
    memset(payload, 'x', sizeof guide);
    free(payload);
    CHECK(is(payvost_event_id(event), PAYVOST_LITERAL("evt_abc123xyz")));
    CHECK(is(payvost_value_json(payvost_event_value(event)), guide, sizeof guide - 2));
    payvost_event_free(event);

    event = UNTOUCHED;
    CHECK(payvost_verifier_verify_copy(verifier, guide, sizeof guide - 2, signature, 64, &event, &error) ==
          PAYVOST_SIGNATURE_MISMATCH);
    CHECK(payvost_verifier_verify_copy(verifier, NULL, 5, signature, 64, &event, &error) == PAYVOST_PAYLOAD_NOT_RAW);
    CHECK(payvost_verifier_verify_copy(verifier, NULL, 0, NULL, 0, &event, &error) == PAYVOST_MISSING_SIGNATURE);
    CHECK(payvost_verifier_verify_copy(NULL, guide, 1, signature, 64, &event, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_verifier_verify_copy(verifier, guide, 1, signature, 64, NULL, &error) == PAYVOST_INVALID_ARGUMENT);
    CHECK(payvost_verifier_set_max_payload_bytes(verifier, 10, NULL) == PAYVOST_OK);
    CHECK(payvost_verifier_verify_copy(verifier, guide, sizeof guide - 1, signature, 64, &event, &error) ==
          PAYVOST_PAYLOAD_TOO_LARGE);
    CHECK((void *)event == UNTOUCHED);
    payvost_verifier_free(verifier);
}

static void the_fraction_of_created_at_is_kept(void) {
    static const char body[] = "{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"1969-12-31T23:59:59.25-00:30\","
                               "\"liveMode\":false,\"data\":{},\"previousData\":{\"a\":1}}";
    payvost_event *event = verified(body, sizeof body - 1);
    CHECK(payvost_event_created_at(event).seconds == 1799);
    CHECK(payvost_event_created_at(event).nanoseconds == 250000000);
    CHECK(!payvost_event_live_mode(event));
    CHECK(is(payvost_value_json(payvost_event_previous_data(event)), PAYVOST_LITERAL("{\"a\":1}")));
    payvost_event_free(event);
}

static void values_are_read_as_what_they_are(void) {
    static const char body[] =
        "{\"id\":\"e\\u0031\",\"type\":\"x\\u002ey\",\"createdAt\":\"2025-11-01T10:00:00\\u005a\",\"liveMode\":true,"
        "\"data\":{\"null\":null,\"true\":true,\"false\":false,\"int\":-9007199254740993,\"big\":9223372036854775808,"
        "\"half\":0.5,\"exp\":1e2,\"zero\":-0,\"plain\":\"Zo\xc3\xab\",\"escaped\":\"\\ud83d\\ude00\\n\","
        "\"nul\":\"a\\u0000b\",\"\\u0000k\":\"\",\"a/b\":{\"m~n\":[10,[],{},\"x\"]}}}";
    payvost_event *event = verified(body, sizeof body - 1);
    payvost_value data = payvost_event_data(event);
    bool truth;
    int64_t integer;
    double number;
    payvost_str text;
#define MEMBER(name) payvost_value_member(data, PAYVOST_LITERAL(name))

    CHECK(is(payvost_event_id(event), PAYVOST_LITERAL("e1")));
    CHECK(is(payvost_event_type(event), PAYVOST_LITERAL("x.y")));
    CHECK(is(payvost_event_created_at_text(event), PAYVOST_LITERAL("2025-11-01T10:00:00Z")));

    CHECK(payvost_value_kind(MEMBER("null")) == PAYVOST_KIND_NULL);
    CHECK(payvost_value_kind(MEMBER("true")) == PAYVOST_KIND_BOOL);
    CHECK(payvost_value_bool(MEMBER("true"), &truth) && truth);
    CHECK(payvost_value_bool(MEMBER("false"), &truth) && !truth);
    CHECK(payvost_value_kind(MEMBER("int")) == PAYVOST_KIND_NUMBER);
    CHECK(payvost_value_int64(MEMBER("int"), &integer) && integer == -9007199254740993);
    CHECK(payvost_value_double(MEMBER("int"), &number) && number == -9007199254740992.0);
    CHECK(payvost_value_number_text(MEMBER("int"), &text) && is(text, PAYVOST_LITERAL("-9007199254740993")));
    CHECK(!payvost_value_int64(MEMBER("big"), &integer) && integer == -9007199254740993);
    CHECK(payvost_value_double(MEMBER("big"), &number) && number == 9223372036854775808.0);
    CHECK(!payvost_value_int64(MEMBER("half"), NULL) && payvost_value_double(MEMBER("half"), &number) && number == 0.5);
    CHECK(!payvost_value_int64(MEMBER("exp"), NULL) && payvost_value_double(MEMBER("exp"), &number) && number == 100);
    CHECK(payvost_value_int64(MEMBER("zero"), &integer) && integer == 0);
    CHECK(payvost_value_double(MEMBER("zero"), &number) && signbit(number));

    CHECK(reads(MEMBER("plain"), PAYVOST_LITERAL("Zo\xc3\xab")));
    CHECK(reads(MEMBER("escaped"), PAYVOST_LITERAL("\xf0\x9f\x98\x80\n")));
    CHECK(reads(MEMBER("nul"), PAYVOST_LITERAL("a\0b")));
    CHECK(reads(MEMBER("\0k"), PAYVOST_LITERAL("")));
    CHECK(payvost_value_kind(MEMBER("")) == PAYVOST_KIND_ABSENT);
    CHECK(is(payvost_value_json(MEMBER("nul")), PAYVOST_LITERAL("\"a\\u0000b\"")));

    /* A string with escapes is decoded once, and stays where it is. */
    payvost_str again;
    CHECK(payvost_value_string(MEMBER("escaped"), &text) && payvost_value_string(MEMBER("escaped"), &again));
    CHECK(text.data == again.data);

    /* Reading something as what it is not writes nothing. */
    truth = true;
    CHECK(!payvost_value_bool(MEMBER("null"), &truth) && truth);
    CHECK(!payvost_value_string(MEMBER("int"), &text) && text.data == again.data);
    CHECK(!payvost_value_number_text(MEMBER("plain"), &text) && text.data == again.data);
    CHECK(!payvost_value_double(MEMBER("plain"), &number));

    /* JSON Pointers, with their own escapes. */
    CHECK(payvost_value_int64(payvost_value_pointer(data, PAYVOST_LITERAL("/a~1b/m~0n/0")), &integer) && integer == 10);
    CHECK(is(payvost_value_json(payvost_value_pointer(data, PAYVOST_LITERAL("/a~1b"))),
             PAYVOST_LITERAL("{\"m~n\":[10,[],{},\"x\"]}")));
    CHECK(payvost_value_length(payvost_value_pointer(data, PAYVOST_LITERAL(""))) == payvost_value_length(data));
    static const char *const nowhere[] = {"a~1b", "/a~1b/m~0n/00", "/a~1b/m~0n/4", "/a~1b/m~0n/-", "/a~2b", "/null/0",
                                          "/a~1b/m~0n/99999999999999999999", "/\xff", "/"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        CHECK(payvost_value_kind(payvost_value_pointer(data, nowhere[i], strlen(nowhere[i]))) == PAYVOST_KIND_ABSENT);
    }

    payvost_value list = payvost_value_pointer(data, PAYVOST_LITERAL("/a~1b/m~0n"));
    CHECK(payvost_value_length(list) == 4);
    CHECK(payvost_value_kind(payvost_value_element(list, 1)) == PAYVOST_KIND_ARRAY);
    CHECK(payvost_value_kind(payvost_value_element(list, 2)) == PAYVOST_KIND_OBJECT);
    CHECK(reads(payvost_value_element(list, 3), PAYVOST_LITERAL("x")));
    CHECK(payvost_value_kind(payvost_value_element(list, 4)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_value_element(list, SIZE_MAX)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_value_element(data, 0)) == PAYVOST_KIND_ABSENT);
    CHECK(payvost_value_kind(payvost_value_member(list, PAYVOST_LITERAL("0"))) == PAYVOST_KIND_ABSENT);
#undef MEMBER
    payvost_event_free(event);
}

static void entries_come_in_the_order_of_the_payload(void) {
    static const char body[] = "{\"id\":\"e\",\"type\":\"t\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,"
                               "\"data\":{\"z\":[1,[2],3],\"\\u0061\":{},\"\":null}}";
    payvost_event *event = verified(body, sizeof body - 1);
    payvost_value value;
    payvost_str key;

    payvost_iterator members = payvost_value_iterate(payvost_event_data(event));
    CHECK(payvost_iterator_next(&members, &key, &value) && is(key, PAYVOST_LITERAL("z")));
    payvost_iterator elements = payvost_value_iterate(value);
    CHECK(payvost_iterator_next(&members, &key, &value) && is(key, PAYVOST_LITERAL("a")));
    CHECK(payvost_value_kind(value) == PAYVOST_KIND_OBJECT);
    payvost_iterator none = payvost_value_iterate(value);
    CHECK(!payvost_iterator_next(&none, &key, &value));
    CHECK(payvost_iterator_next(&members, NULL, &value) && payvost_value_kind(value) == PAYVOST_KIND_NULL);
    CHECK(is(key, PAYVOST_LITERAL("a")));
    CHECK(!payvost_iterator_next(&members, &key, &value) && !payvost_iterator_next(&members, &key, &value));

    int64_t number;
    CHECK(payvost_iterator_next(&elements, &key, &value) && is(key, PAYVOST_LITERAL("")));
    CHECK(payvost_value_int64(value, &number) && number == 1);
    CHECK(payvost_iterator_next(&elements, NULL, NULL));
    CHECK(payvost_iterator_next(&elements, NULL, &value) && payvost_value_int64(value, &number) && number == 3);
    CHECK(!payvost_iterator_next(&elements, NULL, &value));

    payvost_iterator of_null = payvost_value_iterate(payvost_event_previous_data(event));
    CHECK(!payvost_iterator_next(&of_null, &key, &value));
    payvost_event_free(event);
}

int main(void) {
    the_event_of_the_guide_is_read();
    a_copy_outlives_its_payload();
    the_fraction_of_created_at_is_kept();
    values_are_read_as_what_they_are();
    entries_come_in_the_order_of_the_payload();
    return summary();
}
