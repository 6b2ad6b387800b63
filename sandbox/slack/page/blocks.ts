import { memberOf } from '../values.js';
import { renderElement, renderImage } from './elements.js';
import { withEmoji } from './emoji.js';
import { attributes, escapeHtml } from './html.js';
import { type Json, recordIn, recordsIn, stringIn, textIn } from './json.js';
import { renderMarkdown } from './markdown.js';
import { renderRichText } from './rich-text.js';
import type { Scene } from './scene.js';
import { renderTable } from './table.js';
import { renderText, renderTextIn } from './text.js';

interface BlockPlace {
  blockId: string;
  scene: Scene;
  /** The message for this block from the last submission (modals only). */
  error?: string | undefined;
}

function section(block: Json, { blockId, scene }: BlockPlace): string {
  const accessory = recordIn(block, 'accessory');
  const fields = recordsIn(block, 'fields').map((field) => `<div class="mrkdwn">${renderText(field, scene)}</div>`);
  const text = recordIn(block, 'text') ? `<div class="mrkdwn">${renderTextIn(block, 'text', scene)}</div>` : '';
  const grid = fields.length > 0 ? `<div class="fields">${fields.join('')}</div>` : '';
  const side = accessory ? `<div class="accessory">${renderElement(accessory, { blockId }, scene)}</div>` : '';
  return `<div class="section"><div class="section-text">${text}${grid}</div>${side}</div>`;
}

function context(block: Json, { scene }: BlockPlace): string {
  const parts = recordsIn(block, 'elements').map((element) =>
    stringIn(element, 'type') === 'image'
      ? renderImage(element, 'context-image')
      : `<span class="mrkdwn">${renderText(element, scene)}</span>`,
  );
  return `<div class="context">${parts.join('')}</div>`;
}

function actions(block: Json, { blockId, scene }: BlockPlace): string {
  const elements = recordsIn(block, 'elements').map((element) => renderElement(element, { blockId }, scene));
  return `<div class="actions">${elements.join('')}</div>`;
}

function image(block: Json, { scene }: BlockPlace): string {
  const title = renderTextIn(block, 'title', scene);
  const caption = title ? `<figcaption>${title}</figcaption>` : '';
  return `<figure class="image">${caption}${renderImage(block, 'picture')}</figure>`;
}

/** Part of an HTML id; block ids may hold anything. */
const slug = (text: string) => text.replace(/[^\w-]/g, '_');

function input(block: Json, { blockId, scene, error }: BlockPlace): string {
  const idOf = (part: string) => `${part}-${slug(blockId)}`;
  const hint = renderTextIn(block, 'hint', scene);
  const place = {
    blockId,
    input: {
      labelledBy: idOf('label'),
      describedBy: hint ? `${idOf('error')} ${idOf('hint')}` : idOf('error'),
      required: block.optional !== true,
      invalid: Boolean(error),
      dispatches: block.dispatch_action === true,
    },
  };
  const note = block.optional === true ? ' <span class="optional">(optional)</span>' : '';
  const problem = attributes({ class: 'field-error', id: idOf('error'), role: 'alert', hidden: !error });
  const parts = [
    `<div${attributes({ class: 'label', id: idOf('label') })}>${renderTextIn(block, 'label', scene)}${note}</div>`,
    renderElement(recordIn(block, 'element'), place, scene),
    `<p${problem}>${escapeHtml(error ?? '')}</p>`,
    hint ? `<p${attributes({ class: 'hint', id: idOf('hint') })}>${hint}</p>` : '',
  ];
  return `<div${attributes({ class: error ? 'input invalid' : 'input' })}>${parts.join('')}</div>`;
}

const WIDTHS = ['narrow', 'wide', 'full'];

/** A group of blocks under a title. One that can be folded away is a `details`: it needs no script and reads well aloud. */
function container(block: Json, { scene }: BlockPlace): string {
  const rich = recordIn(block, 'rich_text_title');
  const title = rich ? renderRichText(rich, scene) : renderTextIn(block, 'title', scene);
  const about = renderTextIn(block, 'subtitle', scene);
  const icon = recordIn(block, 'icon');
  const folds = block.is_collapsible === true;
  const head = [
    icon ? renderImage(icon, 'thumbnail') : '',
    `<div><h4 class="container-title">${title}</h4>`,
    about ? `<div class="container-about">${about}</div>` : '',
    '</div>',
  ].join('');
  const width = WIDTHS.find((each) => each === block.width);
  const kind = ['container', width, block.has_header_divider === true && !folds ? 'ruled' : '']
    .filter(Boolean)
    .join(' ');
  const [outer, inner] = folds ? ['details', 'summary'] : ['section', 'div'];
  const own = attributes({ class: kind, open: folds && block.default_collapsed !== true });
  const body = renderBlocks(recordsIn(block, 'child_blocks'), scene);
  return `<${outer}${own}><${inner} class="container-head">${head}</${inner}><div class="container-body">${body}</div></${outer}>`;
}

const KINDS: Record<string, (block: Json, place: BlockPlace) => string> = {
  header: (block) => `<h3 class="header">${withEmoji(escapeHtml(textIn(block, 'text')))}</h3>`,
  section,
  context,
  actions,
  divider: () => '<hr>',
  image,
  input,
  table: (block, { scene }) => renderTable(block, scene),
  container,
  rich_text: (block, { scene }) => `<div class="rich-text mrkdwn">${renderRichText(block, scene)}</div>`,
  markdown: (block) => `<div class="markdown">${renderMarkdown(stringIn(block, 'text') ?? '')}</div>`,
};

/**
 * Blocks in order. Live updates tell blocks apart by kind and position, as ids may change with every edit; inputs by
 * their id, as Slack does to keep what was typed.
 */
export function renderBlocks(blocks: Json[], scene: Scene, errors: Record<string, string> = {}): string {
  return blocks
    .map((block, index) => {
      const blockId = stringIn(block, 'block_id') ?? `block-${index}`;
      const type = stringIn(block, 'type') ?? '';
      const render = memberOf(KINDS, type);
      const inside = render
        ? render(block, { blockId, scene, error: memberOf(errors, blockId) })
        : `<p class="unsupported">[a ${escapeHtml(type || 'nameless')} block is not shown here]</p>`;
      const key = type === 'input' ? `input-${blockId}` : `${type}-${index}`;
      return `<div${attributes({ class: 'block', 'data-key': key })}>${inside}</div>`;
    })
    .join('');
}
