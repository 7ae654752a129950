/* A switch over the types of events, as C and as C++: each documented type has a number, any other is PAYVOST_TYPE_UNKNOWN. */

/* As in a library that hides its own functions: those of the header are found nevertheless. */
#pragma GCC visibility push(hidden)
#include <payvost_webhooks.h>
#pragma GCC visibility pop

#include <string.h>

#include "check.h"

static const char *name_of(const payvost_event *event) {
    switch (payvost_event_known_type(event)) {
    case PAYVOST_TYPE_PAYMENT_CREATED: return PAYVOST_EVENT_PAYMENT_CREATED;
    case PAYVOST_TYPE_PAYMENT_SUCCEEDED: return PAYVOST_EVENT_PAYMENT_SUCCEEDED;
    case PAYVOST_TYPE_PAYMENT_FAILED: return PAYVOST_EVENT_PAYMENT_FAILED;
    case PAYVOST_TYPE_PAYMENT_REFUNDED: return PAYVOST_EVENT_PAYMENT_REFUNDED;
    case PAYVOST_TYPE_TRANSFER_CREATED: return PAYVOST_EVENT_TRANSFER_CREATED;
    case PAYVOST_TYPE_TRANSFER_COMPLETED: return PAYVOST_EVENT_TRANSFER_COMPLETED;
    case PAYVOST_TYPE_TRANSFER_FAILED: return PAYVOST_EVENT_TRANSFER_FAILED;
    case PAYVOST_TYPE_WALLET_CREATED: return PAYVOST_EVENT_WALLET_CREATED;
    case PAYVOST_TYPE_WALLET_BALANCE_UPDATED: return PAYVOST_EVENT_WALLET_BALANCE_UPDATED;
    case PAYVOST_TYPE_WALLET_FROZEN: return PAYVOST_EVENT_WALLET_FROZEN;
    case PAYVOST_TYPE_USER_CREATED: return PAYVOST_EVENT_USER_CREATED;
    case PAYVOST_TYPE_USER_KYC_SUBMITTED: return PAYVOST_EVENT_USER_KYC_SUBMITTED;
    case PAYVOST_TYPE_USER_KYC_VERIFIED: return PAYVOST_EVENT_USER_KYC_VERIFIED;
    case PAYVOST_TYPE_USER_KYC_REJECTED: return PAYVOST_EVENT_USER_KYC_REJECTED;
    case PAYVOST_TYPE_FRAUD_ALERT_CREATED: return PAYVOST_EVENT_FRAUD_ALERT_CREATED;
    case PAYVOST_TYPE_FRAUD_TRANSACTION_BLOCKED: return PAYVOST_EVENT_FRAUD_TRANSACTION_BLOCKED;
    case PAYVOST_TYPE_UNKNOWN: return "unknown";
    default: return "a new one";
    }
}

static void there_is_a_sample_of(const char *type) {
    static const char secret[] = "whsec_switch";
    const payvost_str sample = payvost_sample_event(type, strlen(type));
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event = NULL;

    CHECK(payvost_sign(sample.data, sample.len, secret, sizeof secret - 1, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verify_webhook(sample.data, sample.len, signature, 64, secret, sizeof secret - 1, &event, NULL) == PAYVOST_OK);
    CHECK(strcmp(name_of(event), type) == 0);
    CHECK(payvost_value_length(payvost_event_data(event)) > 1);
    payvost_event_free(event);
}

static void an_event_has_the_number_of(const char *type, const char *expected) {
    static const char form[] =
        "{\"id\":\"evt_1\",\"type\":\"%s\",\"createdAt\":\"2025-11-01T10:00:00Z\",\"liveMode\":true,\"data\":{}}";
    static const char secret[] = "whsec_switch";
    char body[256], signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event = NULL;
    size_t length = (size_t)snprintf(body, sizeof body, form, type);

    CHECK(payvost_sign(body, length, secret, sizeof secret - 1, signature, NULL) == PAYVOST_OK);
    CHECK(payvost_verify_webhook(body, length, signature, 64, secret, sizeof secret - 1, &event, NULL) == PAYVOST_OK);
    CHECK(strcmp(name_of(event), expected) == 0);
    payvost_event_free(event);
}

int main(void) {
    /* As the provider spells them, and not by the macros. */
    static const char *const documented[] = {
        "payment.created", "payment.succeeded", "payment.failed", "payment.refunded",
        "transfer.created", "transfer.completed", "transfer.failed",
        "wallet.created", "wallet.balance_updated", "wallet.frozen",
        "user.created", "user.kyc_submitted", "user.kyc_verified", "user.kyc_rejected",
        "fraud.alert_created", "fraud.transaction_blocked",
    };
    static const char *const others[] = {"example.undocumented", "payment", "payment.suceeded", "Payment.succeeded", "wallet.frozen "};
    const payvost_str succeeded = {"payment.succeeded", 17};
    size_t index;

    for (index = 0; index < sizeof documented / sizeof *documented; index++) {
        an_event_has_the_number_of(documented[index], documented[index]);
        there_is_a_sample_of(documented[index]);
    }
    for (index = 0; index < sizeof others / sizeof *others; index++) {
        an_event_has_the_number_of(others[index], "unknown");
        CHECK(payvost_sample_event(others[index], strlen(others[index])).len == 0);
    }
    CHECK(payvost_sample_event(NULL, 0).len == 0 && payvost_sample_event(NULL, 3).data != NULL);
    CHECK(payvost_sample_event("payment.created", SIZE_MAX).len == 0);
    CHECK(payvost_event_known_type(NULL) == PAYVOST_TYPE_UNKNOWN);
    CHECK(payvost_str_equals(succeeded, PAYVOST_LITERAL(PAYVOST_EVENT_PAYMENT_SUCCEEDED)));
    /* The numbers are part of the binary interface. */
    CHECK(PAYVOST_TYPE_PAYMENT_CREATED == 1 && PAYVOST_TYPE_FRAUD_TRANSACTION_BLOCKED == 16);
    return summary();
}
