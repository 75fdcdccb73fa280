// Appending without keys in one round trip: lock, look, number, chain, insert and move the head, as statements of one function.
import { Migration } from '@mikro-orm/migrations';

export class Migration0025AppendEntries extends Migration {
  override up(): void {
    // Each statement of a volatile function sees what was committed before it began: users are looked at after the lock was waited for.
    // Leaves and links are made as domain/journal/chain.ts makes them; whoever verifies a log does it with that.
    this.addSql(`
      CREATE FUNCTION append_entries(tenant text, users text[], contents bytea, facts json) RETURNS bigint
      LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      DECLARE
        entries integer := octet_length(contents) / 32;
        link_mark bytea := '\\x01'::bytea || substr(int4send(octet_length(tenant)), 4, 1) || convert_to(tenant, 'UTF8');
        leaf_mark bytea := '\\x00'::bytea;
        microsecond interval := '1 microsecond';
        before_seq bigint;
        before_at timestamptz;
        before_month timestamp;
        first_at timestamptz;
        last_at timestamptz;
        first_micros bigint;
        head_link bytea;
        leaves bytea[];
        links bytea[];
      BEGIN
        PERFORM set_config('holdfast.tenant', tenant, true);
        SELECT l.last_seq, l.last_link, l.last_recorded_at INTO before_seq, head_link, before_at FROM tenant_log l WHERE l.tenant_id = tenant FOR UPDATE;
        IF NOT FOUND THEN
          RETURN NULL;
        END IF;
        IF EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = tenant AND u.id = ANY (users) AND u.status <> 'active') THEN
          RETURN NULL;
        END IF;

        first_at := greatest(clock_timestamp(), before_at + microsecond);
        last_at := first_at + (entries - 1) * microsecond;
        first_micros := (extract(epoch FROM first_at) * 1000000)::bigint;
        FOR place IN 1..entries LOOP
          leaves[place] := sha256(leaf_mark || int8send(first_micros + place - 1) || substr(contents, 32 * place - 31, 32));
          head_link := sha256(link_mark || int8send(before_seq + place) || head_link || leaves[place]);
          links[place] := head_link;
        END LOOP;

        INSERT INTO entry (tenant_id, seq, recorded_at, leaf, link, ${names})
        SELECT tenant, before_seq + row.place, first_at + (row.place - 1) * microsecond, row.leaf, row.link, ${names}
        FROM ROWS FROM (json_to_recordset(facts) AS (${columns.join(', ')}), unnest(leaves), unnest(links)) WITH ORDINALITY AS row (${names}, leaf, link, place);

        before_month := CASE WHEN before_seq > 0 THEN date_trunc('month', before_at AT TIME ZONE 'UTC') END;
        IF before_month IS DISTINCT FROM date_trunc('month', last_at AT TIME ZONE 'UTC') THEN
          INSERT INTO log_month (tenant_id, first_seq, month)
          SELECT tenant, min(recorded.seq), recorded.month
          FROM (SELECT before_seq + place AS seq, date_trunc('month', (first_at + (place - 1) * microsecond) AT TIME ZONE 'UTC') AS month
                FROM generate_series(1, entries) AS place) AS recorded
          WHERE recorded.month IS DISTINCT FROM before_month
          GROUP BY recorded.month;
        END IF;
        UPDATE tenant_log l SET last_seq = before_seq + entries, last_link = head_link, last_recorded_at = last_at WHERE l.tenant_id = tenant;
        RETURN before_seq;
      END $body$`);
  }
}

const columns = [
  'id text', 'event_time timestamptz', 'event_type text', 'event text', 'category text', 'severity text',
  'action text', 'outcome text', 'current_category text', 'sub_category text', 'visibility text', 'permission text', 'notification text', 'activity text[]',
  'user_id text', 'user_email text', 'user_name text', 'service_account text', 'target_user_id text', 'org_id text', 'workspace_id text', 'share_id text',
  'resource_type text', 'resource_id text', 'resource_name text', 'path text', 'change_type text', 'old_path text', 'new_path text', 'version_id text',
  'change_metadata jsonb', 'parent_event_id text', 'ip_address text', 'user_agent text', 'session_id text', 'request_id text', 'decision text',
  'provider text', 'model text', 'own_action text', 'details jsonb', 'salt bytea', 'search_text text',
];
const names = columns.map((column) => column.slice(0, column.indexOf(' '))).join(', ');
