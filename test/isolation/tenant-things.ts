// What is known of a tenant on the stage, and the one entry that names all of it.

export interface TenantStage {
  readonly tenantId: string;
  /** With every scope a tenant can give, as a user of this id. */
  readonly token: string;
  /** In every text that is no id. */
  readonly word: string;
  readonly ids: TenantIds;
  readonly cursor: string;
  /** Ids the server made, by the path segment before which they were given. */
  readonly made: ReadonlyMap<string, readonly string[]>;
  /** Every id, the producer's own and those the server made. */
  readonly allIds: readonly string[];
  /** Routes whose input, made for them, was refused as not valid: they would not be tried at all. */
  readonly notValid: readonly string[];
}

export interface TenantIds {
  readonly user: string;
  readonly group: string;
  readonly org: string;
  readonly workspace: string;
  readonly share: string;
  readonly device: string;
  readonly resource: string;
}

/** One entry that names everything, and is a change row, too. */
export function eventOf({ ids, word }: Pick<TenantStage, 'ids' | 'word'>): unknown {
  return {
    event_type: 'file.create',
    user_id: ids.user,
    user_name: word,
    target_user_id: ids.user,
    org_id: ids.org,
    workspace_id: ids.workspace,
    share_id: ids.share,
    resource_type: 'file',
    resource_id: ids.resource,
    resource_name: word,
    path: `/${word}`,
    change: { change_type: 'created', new_path: `/${word}`, metadata: { word } },
    decision: 'permit',
    provider: word,
    model: word,
    details: { word },
  };
}
