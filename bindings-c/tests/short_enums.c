/* Compiled with -fshort-enums, as on some ARM systems: a result still has 32 bits, and nothing beside its place is written. */

#include "helpers.h"

#define FILL 0x5a

/* A place for a number of the library, with room around it that must stay. */
#define PLACE(type) \
    struct {        \
        unsigned char before[8]; \
        type number; \
        unsigned char after[8]; \
    }

#define FILLED(place) memset(&(place), FILL, sizeof(place))
#define UNHARMED(place) (unharmed((place).before) && unharmed((place).after))

/* What the flag is about: without it this test would test nothing. */
enum small { SMALL = 1 };

static int unharmed(const unsigned char *bytes) {
    for (size_t i = 0; i < 8; i++) {
        if (bytes[i] != FILL) {
            return 0;
        }
    }
    return 1;
}

static int handle(const payvost_event *event, void *user) {
    (void)event;
    return *(const int *)user;
}

static void every_number_has_32_bits(void) {
    CHECK(sizeof(enum small) == 1);
    CHECK(sizeof(payvost_result) == 4 && sizeof(payvost_class) == 4 && sizeof(payvost_outcome) == 4);
    CHECK(sizeof(payvost_type) == 4 && sizeof(payvost_kind) == 4 && sizeof(payvost_ask) == 4 && sizeof(payvost_level) == 4);
    CHECK(sizeof(payvost_fault_kind) == 4 && sizeof(payvost_reply_kind) == 4 && sizeof(payvost_completion) == 4);
    CHECK(sizeof(payvost_redis_ask) == 4 && sizeof(payvost_sql_ask) == 4 && sizeof(payvost_dead_letter_reason) == 4);
}

static void an_outcome_is_written_to_its_place_alone(void) {
    PLACE(payvost_outcome) dispatched, ended;
    int result = 1;
    payvost_event *event = verified(BODY);
    payvost_router *router = NULL;
    payvost_delivery *delivery = NULL;
    CHECK(payvost_router_new(&router, NULL) == PAYVOST_OK);
    CHECK(payvost_router_on(router, PAYVOST_LITERAL("*"), handle, &result, NULL) == PAYVOST_OK);
    FILLED(dispatched);
    CHECK(payvost_router_dispatch(router, event, &dispatched.number, NULL) == PAYVOST_OK);
    CHECK(dispatched.number == PAYVOST_OUTCOME_HANDLER_FAILED && UNHARMED(dispatched));
    CHECK(payvost_delivery_new_ended(PAYVOST_OUTCOME_METHOD_NOT_ALLOWED, &delivery, NULL) == PAYVOST_OK);
    FILLED(ended);
    CHECK(payvost_delivery_outcome(delivery, &ended.number));
    CHECK(ended.number == PAYVOST_OUTCOME_METHOD_NOT_ALLOWED && UNHARMED(ended));
    payvost_delivery_free(delivery);
    payvost_router_free(router);
    payvost_event_free(event);
}

static void structs_have_their_members_where_the_library_has_them(void) {
    PLACE(payvost_claim) claim;
    PLACE(payvost_field) field;
    PLACE(payvost_error) error;
    payvost_delivery *delivery = NULL;
    payvost_memory_claims *claims = NULL;
    payvost_claim_request *request = NULL;
    payvost_event *event = verified(BODY);
    FILLED(claim), FILLED(field), FILLED(error);
    CHECK(payvost_claim_request_new(NULL, event, &request, &error.number) == PAYVOST_OK && UNHARMED(error));
    CHECK(payvost_memory_claims_new(1, &claims, NULL) == PAYVOST_OK);
    CHECK(payvost_memory_claims_claim(claims, request, PAYVOST_LITERAL("token"), NULL, NULL, 0, &claim.number, NULL) == PAYVOST_OK);
    CHECK(claim.number.kind == PAYVOST_CLAIM_CLAIMED && claim.number.attempt == 1 && UNHARMED(claim));
    CHECK(payvost_delivery_new_ended(PAYVOST_OUTCOME_METHOD_NOT_ALLOWED, &delivery, NULL) == PAYVOST_OK);
    CHECK(payvost_delivery_log_field(delivery, 0, &field.number) && UNHARMED(field));
    CHECK(strcmp(field.number.name, "code") == 0 && is(field.number.text, PAYVOST_LITERAL("method_not_allowed")));
    payvost_delivery_free(delivery);
    payvost_claim_request_free(request);
    payvost_memory_claims_free(claims);
    payvost_event_free(event);
}

int main(void) {
    every_number_has_32_bits();
    an_outcome_is_written_to_its_place_alone();
    structs_have_their_members_where_the_library_has_them();
    return summary();
}
