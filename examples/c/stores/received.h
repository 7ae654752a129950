/* What the stores in this folder keep of a delivery until its event is handled. */
#ifndef RECEIVED_H
#define RECEIVED_H

#include <stddef.h>

struct received {
    const char *payload;
    size_t payload_size;
    const char *signature;
    size_t signature_size;
};

#endif
