// How a route says that its calls are actions of our own: refused and failed ones, and all that only look, are then recorded by the door.
import type { OwnActionName } from '../../domain/own-action/own-actions.ts';

export interface RouteOwnAction<Params, Query, Body> {
  /** Of a PUT that makes or changes: the change. */
  readonly action: OwnActionName;
  /**
   * The id of the thing it is done to; by default the path's only parameter. Query and body are absent when the call was refused before they
   * were read.
   */
  resource?(given: { readonly params: Params; readonly query: Query | undefined; readonly body: Body | undefined }): string | null;
}

/** As the list of routes holds it. */
export interface OwnActionOfRoute {
  readonly action: OwnActionName;
  resourceOf(given: { readonly params: unknown; readonly query: unknown; readonly body: unknown }): string | null;
}

export function ownActionOfRoute<Params extends object, Query, Body>({ action, resource }: RouteOwnAction<Params, Query, Body>): OwnActionOfRoute {
  const resourceOf = resource ?? (({ params }: { readonly params: Params }) => onlyParameter(params));
  return { action, resourceOf: resourceOf };
}

function onlyParameter(params: object): string | null {
  const values: unknown[] = Object.values(params);
  const [only] = values;
  if (values.length !== 1) return null;
  return typeof only === 'string' || typeof only === 'number' ? String(only) : null;
}
