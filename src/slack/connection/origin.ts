/**
 * Which workspace a request from Slack belongs to. The person's own workspace (`user.team_id`) does not say: on an Enterprise
 * Grid it is their home, wherever they clicked.
 */

/** What Slack says about where a request comes from. */
export interface Origin {
  readonly userId: string;
  /** Every workspace that is named as the place or as the installation; empty for an app installed for a whole organisation. */
  readonly workspaces: readonly string[];
  readonly enterpriseId: string | null;
}

/** The fields of all kinds of payloads that name a workspace or an organisation. */
export interface WorkspaceFields {
  readonly team?: { readonly id?: string; readonly enterprise_id?: string | null } | null | undefined;
  readonly team_id?: string | null | undefined;
  readonly enterprise?: { readonly id?: string } | null | undefined;
  readonly enterprise_id?: string | null | undefined;
  readonly user?: { readonly team_id?: string | undefined } | undefined;
  readonly view?:
    | { readonly team_id?: string | null; readonly app_installed_team_id?: string | null | undefined }
    | null
    | undefined;
  readonly authorizations?:
    | readonly { readonly team_id?: string | null; readonly enterprise_id?: string | null }[]
    | undefined;
  readonly context_team_id?: string | null | undefined;
  readonly context_enterprise_id?: string | null | undefined;
}

/** Slack sends null and '' for what there is not. */
export function originOf(userId: string, named: WorkspaceFields): Origin {
  const { team, enterprise, view, authorizations } = named;
  const [authorization] = authorizations ?? [];
  const enterpriseId = firstOf([
    enterprise?.id,
    named.enterprise_id,
    team?.enterprise_id,
    authorization?.enterprise_id,
    named.context_enterprise_id,
  ]);
  const workspaces = idsOf([
    view?.app_installed_team_id,
    authorization?.team_id,
    named.context_team_id,
    team?.id,
    named.team_id,
    view?.team_id,
  ]);
  // Where nothing else is named the person's own is better than none.
  const last = enterpriseId === null ? idsOf([named.user?.team_id]) : [];
  return { userId, workspaces: workspaces.length > 0 ? workspaces : last, enterpriseId };
}

/** Is this a request to the installation with this workspace and organisation? */
export function isAddressedTo(
  { workspaces, enterpriseId }: Origin,
  ours: { readonly teamId: string; readonly enterpriseId: string | null },
): boolean {
  if (workspaces.includes(ours.teamId) || enterpriseId === ours.teamId) return true;
  return workspaces.length === 0 && enterpriseId !== null && enterpriseId === ours.enterpriseId;
}

function idsOf(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.flatMap((id) => (id ? [id] : [])))];
}

function firstOf(ids: readonly (string | null | undefined)[]): string | null {
  return idsOf(ids)[0] ?? null;
}
