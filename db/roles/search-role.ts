// The role that the search functions run as: it cannot log in, reads the log alone, and is not bound by row security.
import pg from 'pg';

export const searchRole = 'holdfast_search';

export const searchFunctions: readonly string[] = [
  'search_keys_down(text, text, timestamptz, timestamptz, bigint, timestamptz, timestamptz, timestamptz, bigint, integer)',
  'search_keys_up(text, text, timestamptz, timestamptz, bigint, timestamptz, timestamptz, timestamptz, bigint, integer)',
];

/**
 * False where such a role cannot be made: the functions then stay with the owner, whom forced row security binds, and free text is found without
 * its index. To be called before privileges are granted: a change of owner would take grants along.
 */
export async function giveSearchItsRole(owner: pg.Client): Promise<boolean> {
  await owner.query('BEGIN');
  try {
    const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [searchRole]);
    await owner.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${searchRole} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS`);
    await owner.query(`GRANT ${searchRole} TO CURRENT_USER`);
    // Only while the functions change hands: whoever owns a function must be able to make one where it stands.
    await owner.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${searchRole}`);
    for (const signature of searchFunctions) await owner.query(`ALTER FUNCTION ${signature} OWNER TO ${searchRole}`);
    await owner.query(`REVOKE CREATE ON SCHEMA public FROM ${searchRole}`);
    await owner.query(`GRANT SELECT (tenant_id, seq, recorded_at, event_time, search_text) ON entry TO ${searchRole}`);
    await owner.query('COMMIT');
    return true;
  } catch (error) {
    await owner.query('ROLLBACK');
    if (isRefused(error)) return false;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '42501';
}
