/* A store on Redis, with hiredis: a claim is a lease, so an effect is repeated only if a worker dies after it. */
#ifndef REDIS_STORE_H
#define REDIS_STORE_H

#include <payvost_webhooks.h>

#include "received.h"

/* One connection. Give each thread a store of its own. */
typedef struct redis_store redis_store;

/* Connects when it is first used. Returns NULL when memory runs out. */
redis_store *redis_store_new(const char *host, int port);

/* Takes the step that the delivery asks for: PAYVOST_ASK_CLAIM, PAYVOST_ASK_COMPLETE or PAYVOST_ASK_RELEASE. */
void redis_store_step(redis_store *store, payvost_delivery *delivery, const struct received *received);

void redis_store_free(redis_store *store);

#endif
