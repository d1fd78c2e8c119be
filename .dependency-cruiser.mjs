/** Who may import whom (ARCHITECTURE.md draws it). Paths are resolved, so a channel may be a folder. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const packages = (pattern) => ({ path: `node_modules/(${pattern})/` });

export default {
  forbidden: [
    forbid('no-cycles', 'Every file can be read from the bottom up.', {}, { circular: true }),
    forbid(
      'no-orphans',
      'A file nobody imports is dead, or a second way in.',
      {
        orphan: true,
        // Browsers load the scripts of pages, by name.
        pathNot: ['^src/main\\.ts$', '^src/bench/echo\\.ts$', '\\.d\\.ts$', '^src/http/assets/'],
      },
      {},
    ),
    forbid(
      'domain-is-pure',
      'The domain knows errors and zod, nothing else: no I/O, no packages.',
      { path: '^src/domain/' },
      { pathNot: ['^src/domain/', '^src/errors\\.ts$', 'node_modules/zod/'] },
    ),
    forbid(
      'channels-know-the-contract-only',
      'A channel knows its platform and our contract.',
      { path: '^channels/', pathNot: '^channels/index\\.ts$' },
      { path: '^(src|workers|migrations)/', pathNot: '^src/(domain/|errors\\.ts$)' },
    ),
    forbid(
      'channels-are-strangers',
      'One channel never imports another.',
      { path: '^channels/([^/]+?)(?:\\.ts$|/)', pathNot: '^channels/(index\\.ts$|_shared/)' },
      { path: '^channels/', pathNot: '^channels/(_shared/|$1(?:\\.ts$|/))' },
    ),
    forbid(
      'channels-stay-out-of-the-engine-room',
      'No HTTP server, database or queue in a channel.',
      { path: '^channels/' },
      packages('express|helmet|knex|pg|bullmq|ioredis'),
    ),
    forbid(
      'registries-are-for-main',
      'Everybody else gets what they need handed down.',
      { path: '^(src|workers|channels)/', pathNot: '^src/main\\.ts$' },
      { path: '^channels/index\\.ts$' },
    ),
    forbid(
      'sql-lives-in-the-store',
      'Only the store speaks to PostgreSQL; embedded/postgres starts the server.',
      { path: '^(src|workers)/', pathNot: '^src/(store|embedded/postgres)' },
      packages('knex|pg'),
    ),
    forbid(
      'jobs-live-in-the-queue',
      'Only the queue knows BullMQ and Redis.',
      { path: '^(src|workers)/', pathNot: '^src/queue/' },
      packages('bullmq|ioredis'),
    ),
    forbid(
      'express-lives-in-http',
      'No Express type crosses into the rest; servers.ts puts routers together.',
      { path: '^(src|workers)/', pathNot: '^src/(http/|servers\\.ts$|bench/echo\\.ts$)' },
      packages('express|helmet'),
    ),
    forbid(
      'the-store-stands-below',
      'The store knows the domain, not who uses it.',
      { path: '^src/(store|queue|core)/' },
      { path: '^(src/(http|embedded|runtime|servers|commands|main)|workers|channels)' },
    ),
    forbid(
      'workers-do-not-serve',
      'Workers meet HTTP only through the core client.',
      { path: '^workers/' },
      { path: '^src/(http|embedded|runtime|servers|commands|main)' },
    ),
    forbid(
      'tests-stay-outside',
      'Nothing we ship depends on a test.',
      { path: '^(src|channels|workers|migrations)/' },
      { path: '^test/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
