/* Manages webhooks with libcurl: manage list, create URL PATTERN..., rotate ID, delete ID. The key is in PAYVOST_API_KEY. */
#define _POSIX_C_SOURCE 200809L

#include <curl/curl.h>
#include <payvost_webhooks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t milliseconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

#define NOW milliseconds(CLOCK_MONOTONIC), milliseconds(CLOCK_REALTIME)

/* A response while it arrives. */
struct answer {
    payvost_call *call;
    char *body;
    size_t length;
    int is_too_large;
};

static size_t receive_header(char *line, size_t one, size_t length, void *user)
{
    struct answer *answer = user;
    size_t name = 0, begin, end = length;
    (void)one;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        payvost_call_drop_headers(answer->call); /* of an interim response before this one */
        return length;
    }
    while (name < length && line[name] != ':')
        name++;
    if (name == length)
        return length;
    for (begin = name + 1; begin < end && (line[begin] == ' ' || line[begin] == '\t'); begin++)
        ;
    while (end > begin && (line[end - 1] == '\r' || line[end - 1] == '\n'))
        end--;
    payvost_call_feed_header(answer->call, line, name, line + begin, end - begin);
    return length;
}

static size_t receive_body(char *bytes, size_t one, size_t length, void *user)
{
    struct answer *answer = user;
    char *body;
    (void)one;
    if (length > PAYVOST_MAX_ANSWER_BYTES - answer->length) {
        answer->is_too_large = 1;
        return 0; /* ends the transfer */
    }
    body = realloc(answer->body, answer->length + length + 1);
    if (body == NULL)
        return 0;
    memcpy(body + answer->length, bytes, length);
    answer->body = body;
    answer->length += length;
    return length;
}

/* The fault behind an error of libcurl. PAYVOST_CALL_NOT_SENT is only for errors that certainly occurred before anything was sent. */
static uint32_t fault_of(CURL *curl, CURLcode code, const struct answer *answer)
{
    curl_off_t connected = 0;
    if (answer->is_too_large)
        return PAYVOST_CALL_TOO_LARGE;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return PAYVOST_CALL_NOT_SENT;
    case CURLE_OPERATION_TIMEDOUT:
        curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
        return connected == 0 ? PAYVOST_CALL_CONNECT_TIMED_OUT : PAYVOST_CALL_TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return PAYVOST_CALL_TLS_FAILED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return PAYVOST_CALL_MALFORMED;
    default:
        return PAYVOST_CALL_LOST;
    }
}

/* The headers of a request for libcurl. They contain the API key, and are wiped afterwards. */
static struct curl_slist *headers_of(const payvost_call *call)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    payvost_str name, value;
    for (size_t i = 0; payvost_call_header(call, i, &name, &value); i++) {
        size_t length = name.len + 2 + value.len;
        char *line = malloc(length + 1);
        if (line == NULL)
            break;
        snprintf(line, length + 1, "%.*s: %.*s", (int)name.len, name.data, (int)value.len, value.data);
        headers = curl_slist_append(headers, line);
        memset(line, 0, length);
        free(line);
    }
    return headers;
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *header = headers; header != NULL; header = header->next)
        memset(header->data, 0, strlen(header->data));
    curl_slist_free_all(headers);
}

/* Sends the request that a call asks for, and feeds the result. */
static void send_request(CURL *curl, payvost_call *call)
{
    struct answer answer = {call, NULL, 0, 0};
    struct curl_slist *headers = headers_of(call);
    const char *method = payvost_call_method(call);
    payvost_str body = {"", 0};
    long status = 0;
    CURLcode code;

    curl_easy_reset(curl); /* keeps its connections */
    curl_easy_setopt(curl, CURLOPT_URL, payvost_call_url(call));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (payvost_call_body(call, &body) || strcmp(method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    /* libcurl itself repeats a POST when the server closes a reused connection. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, strcmp(method, "POST") == 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)payvost_call_time_limit_ms(call)); /* 0: none */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    code = curl_easy_perform(curl);
    if (code == CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        (void)!payvost_call_feed_response(call, (uint32_t)status, answer.body, answer.length, NOW, NULL);
    } else {
        (void)!payvost_call_feed_fault(call, fault_of(curl, code, &answer), NOW, NULL);
    }
    free(answer.body);
    free_headers(headers);
}

/* Runs a call to its end. Returns NULL and prints a message if it is refused or fails. */
static payvost_call *run(CURL *curl, const payvost_client *client, uint32_t operation, const char *parameters)
{
    payvost_call *call;
    payvost_error error;
    payvost_call_ask ask;

    if (payvost_call_new(client, operation, parameters, parameters ? strlen(parameters) : 0, NULL, 0, NULL, NOW, &call, &error) !=
        PAYVOST_OK) {
        fprintf(stderr, "%s: %s\n", payvost_error_message(&error), payvost_error_hint(&error));
        return NULL;
    }
    while ((ask = payvost_call_next(call)) != PAYVOST_CALL_DONE) {
        if (ask == PAYVOST_CALL_REQUEST) {
            send_request(curl, call);
        } else {
            uint64_t pause = payvost_call_wait_ms(call);
            nanosleep(&(struct timespec){(time_t)(pause / 1000), (long)(pause % 1000) * 1000000}, NULL);
            (void)!payvost_call_feed_waited(call, NOW, NULL);
        }
    }
    if (!payvost_call_succeeded(call)) {
        const char *id = payvost_call_request_id(call);
        fprintf(stderr, "%s: %s (status %u, request %s)\n", payvost_call_error_code(call), payvost_call_error_message(call),
                payvost_call_status(call), id ? id : "unknown");
        payvost_call_free(call);
        return NULL;
    }
    return call;
}

static void print_member(payvost_value object, const char *name, size_t length, const char *end)
{
    payvost_str text = {"", 0};
    payvost_value_string(payvost_value_member(object, name, length), &text);
    printf("%.*s%s", (int)text.len, text.data, end);
}

static int list(CURL *curl, const payvost_client *client)
{
    char *parameters = NULL;
    for (;;) {
        payvost_call *call = run(curl, client, PAYVOST_CALL_WEBHOOKS_LIST, parameters);
        payvost_value webhook;
        const char *next;
        free(parameters);
        if (call == NULL)
            return 1;
        for (payvost_iterator each = payvost_value_iterate(payvost_call_data(call)); payvost_iterator_next(&each, NULL, &webhook);) {
            print_member(webhook, PAYVOST_LITERAL("id"), " ");
            print_member(webhook, PAYVOST_LITERAL("url"), "\n");
        }
        next = payvost_call_next_page(call);
        parameters = next ? strdup(next) : NULL;
        payvost_call_free(call);
        if (parameters == NULL)
            return 0;
    }
}

/* Appends a text as a JSON string. If it does not fit, it is truncated, and the call is refused. */
static void append(char *json, size_t room, const char *before, const char *text, const char *after)
{
    size_t length = strlen(json);
    length += (size_t)snprintf(json + length, room - length, "%s\"", before);
    for (; *text != '\0' && length + 8 < room; text++) {
        unsigned char byte = (unsigned char)*text;
        const char *format = byte < ' ' ? "\\u%04x" : byte == '"' || byte == '\\' ? "\\%c" : "%c";
        length += (size_t)snprintf(json + length, room - length, format, byte);
    }
    if (*text == '\0')
        snprintf(json + length, room - length, "\"%s", after);
}

static int with_secret(CURL *curl, const payvost_client *client, uint32_t operation, const char *parameters)
{
    payvost_call *call = run(curl, client, operation, parameters);
    if (call == NULL)
        return 1;
    print_member(payvost_call_data(call), PAYVOST_LITERAL("id"), " ");
    print_member(payvost_call_data(call), PAYVOST_LITERAL("secret"), "\n"); /* store it: it is not shown again */
    payvost_call_free(call);
    return 0;
}

static int perform(CURL *curl, const payvost_client *client, int count, char **arguments)
{
    const char *command = count > 1 ? arguments[1] : "";
    char json[4096] = "{";
    if (strcmp(command, "list") == 0 && count == 2)
        return list(curl, client);
    if (strcmp(command, "create") == 0 && count > 3) {
        append(json, sizeof json - 2, "\"url\":", arguments[2], ",\"events\":[");
        for (int i = 3; i < count && strlen(json) + 16 < sizeof json; i++)
            append(json, sizeof json - 2, i > 3 ? "," : "", arguments[i], "");
        strcat(json, "]}");
        return with_secret(curl, client, PAYVOST_CALL_WEBHOOKS_CREATE, json);
    }
    if (count == 3) {
        append(json, sizeof json, "\"id\":", arguments[2], "}");
        if (strcmp(command, "rotate") == 0)
            return with_secret(curl, client, PAYVOST_CALL_WEBHOOKS_ROTATE_SECRET, json);
        if (strcmp(command, "delete") == 0) {
            payvost_call *call = run(curl, client, PAYVOST_CALL_WEBHOOKS_DELETE, json);
            payvost_call_free(call);
            return call == NULL;
        }
    }
    fprintf(stderr, "usage: manage list | create URL PATTERN... | rotate ID | delete ID\n");
    return 2;
}

int main(int count, char **arguments)
{
    const char *key = getenv("PAYVOST_API_KEY"), *base = getenv("PAYVOST_BASE_URL");
    char options[1024] = "{";
    payvost_client *client;
    payvost_error error;
    int result;

    if (base != NULL)
        append(options, sizeof options - 1, "\"base_url\":", base, "");
    strcat(options, "}");
    if (payvost_client_new(key, key ? strlen(key) : 0, options, strlen(options), &client, &error) != PAYVOST_OK) {
        fprintf(stderr, "%s: %s\n", payvost_error_message(&error), payvost_error_hint(&error));
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    result = curl != NULL ? perform(curl, client, count, arguments) : 1;
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    payvost_client_free(client);
    return result;
}
