import pg from 'pg';

/**
 * A client whose lost connection is told to whoever waits for its statement, and to nobody else. One that
 * is taken from a pool and has no listener for `error` would end the process when PostgreSQL goes away.
 */
export class SturdyClient extends pg.Client {
  constructor(...given: ConstructorParameters<typeof pg.Client>) {
    super(...given);
    this.on('error', () => undefined);
  }
}
