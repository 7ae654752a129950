/* An inbox on PostgreSQL, with libpq: the claim and what the handler writes are one transaction, so the effect happens once. */
#ifndef POSTGRES_INBOX_H
#define POSTGRES_INBOX_H

#include <libpq-fe.h>
#include <payvost_webhooks.h>

#include "received.h"

/* One connection. Give each thread an inbox of its own. */
typedef struct inbox inbox;

/* Connects when it is first used. Returns NULL when memory runs out. */
inbox *inbox_new(const char *url);

/* Creates the table, if it is missing. Returns false when that fails. */
bool inbox_create_table(inbox *inbox);

/* Takes the step that the delivery asks for: PAYVOST_ASK_CLAIM, PAYVOST_ASK_COMPLETE or PAYVOST_ASK_RELEASE. */
void inbox_step(inbox *inbox, payvost_delivery *delivery, const struct received *received);

/* The connection, in a transaction while a handler runs. The handler writes through it, and must not commit or roll back. */
PGconn *inbox_connection(inbox *inbox);

void inbox_free(inbox *inbox);

#endif
