/** What a pool gives, unless it comes too late: then it goes to `giveBack`. */
export async function acquire<Connection>(
  pending: Promise<Connection>,
  signal: AbortSignal | undefined,
  giveBack: (connection: Connection) => void,
): Promise<Connection> {
  const connection = await pending;
  if (signal?.aborted) {
    giveBack(connection);
    throw new Error("the connection came too late");
  }
  return connection;
}
