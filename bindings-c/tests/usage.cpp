// The header is C++ too: an event is verified, and every result has to be looked at.

#include <payvost_webhooks.h>

#include <memory>
#include <string_view>

namespace {

constexpr std::string_view secret = "whsec_cpp";
constexpr std::string_view body =
    R"({"id":"evt_1","type":"wallet.frozen","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{"id":"acc_1"}})";

struct Freed {
    void operator()(payvost_verifier *verifier) const { payvost_verifier_free(verifier); }
    void operator()(payvost_event *event) const { payvost_event_free(event); }
};

std::string_view view(payvost_str text) { return {text.data, text.len}; }

}  // namespace

int main() {
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_verifier *made = nullptr;
    payvost_event *read = nullptr;
    payvost_error error;

    if (payvost_sign(body.data(), body.size(), secret.data(), secret.size(), signature, nullptr) != PAYVOST_OK ||
        payvost_verifier_new(secret.data(), secret.size(), &made, &error) != PAYVOST_OK) {
        return 1;
    }
    const std::unique_ptr<payvost_verifier, Freed> verifier(made);
    if (payvost_verifier_verify(verifier.get(), body.data(), body.size(), signature, 64, &read, &error) != PAYVOST_OK) {
        return 2;
    }
    const std::unique_ptr<payvost_event, Freed> event(read);
    payvost_str id;
    if (view(payvost_event_type(event.get())) != "wallet.frozen" ||
        !payvost_value_string(payvost_event_pointer(event.get(), PAYVOST_LITERAL("/data/id")), &id) || view(id) != "acc_1") {
        return 3;
    }
    return 0;
}
