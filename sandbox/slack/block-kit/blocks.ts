import { dataVisualization } from './charts.js';
import { imageSource, own, plainText, textObject } from './composition.js';
import {
  actionsElementOn,
  buttonElement,
  contextAction,
  elementOf,
  imageElement,
  inputElementOn,
  type Surface,
  sectionAccessory,
} from './elements.js';
import { richText } from './rich-text.js';
import {
  all,
  anyOf,
  anything,
  byType,
  flag,
  list,
  needs,
  number,
  oneField,
  oneOf,
  type Rule,
  shape,
  text,
} from './rules.js';
import { dataTable, table } from './tables.js';

const contextElement: Rule = (value, pointer, problems) => {
  const isImage = typeof value === 'object' && value !== null && 'type' in value && value.type === 'image';
  (isImage ? imageElement : textObject(3_000))(value, pointer, problems);
};

const card = all(
  shape(
    {},
    {
      ...own,
      hero_image: imageElement,
      icon: imageElement,
      title: textObject(150),
      subtitle: textObject(150),
      body: textObject(200),
      actions: list(2, buttonElement),
    },
  ),
  anyOf('hero_image', 'title', 'body', 'actions'),
);

const STATUS = oneOf('pending', 'in_progress', 'complete', 'error');
const taskFields = { details: anything, output: anything, sources: list(100, anything, 0) };
const task = shape({ task_id: text(255), title: text(3_000) }, { ...own, status: STATUS, ...taskFields });

/** Blocks that every surface shows; what people may enter in them differs. */
const everywhere = (surface: Surface): Record<string, Rule> => ({
  divider: shape({}, own),
  header: shape({ text: plainText(150) }, { ...own, level: number(1, 4) }),
  section: all(
    shape(
      {},
      {
        ...own,
        text: textObject(3_000),
        fields: list(10, textObject(2_000)),
        accessory: sectionAccessory,
        expand: flag,
      },
    ),
    anyOf('text', 'fields'),
  ),
  actions: shape({ elements: list(25, actionsElementOn[surface]) }, own),
  context: shape({ elements: list(10, contextElement) }, own),
  image: all(
    shape({ alt_text: text(2_000) }, { ...own, ...imageSource, title: plainText(2_000) }),
    oneField('image_url', 'slack_file'),
  ),
  input: shape(
    { label: plainText(2_000), element: inputElementOn[surface] },
    { ...own, hint: plainText(2_000), optional: flag, dispatch_action: flag },
  ),
  rich_text: richText,
  video: shape(
    {
      title: plainText(200),
      alt_text: text(2_000),
      video_url: text(3_000),
      thumbnail_url: text(3_000),
    },
    {
      ...own,
      author_name: text(50),
      title_url: text(3_000),
      description: plainText(200),
      provider_icon_url: text(3_000),
      provider_name: text(255),
    },
  ),
});

/** A container holds no container, and of the blocks of messages only a table. */
const childBlock = byType({ ...everywhere('message'), table });

const MESSAGES_ONLY: Record<string, Rule> = {
  markdown: shape({ text: text(12_000) }, own),
  file: shape({ source: oneOf('remote'), external_id: text(255) }, own),
  table,
  data_table: dataTable,
  data_visualization: dataVisualization,
  container: all(
    shape(
      { child_blocks: list(10, childBlock) },
      {
        ...own,
        title: plainText(150),
        rich_text_title: byType({ rich_text: richText }),
        subtitle: textObject(150),
        width: oneOf('narrow', 'standard', 'wide', 'full'),
        icon: elementOf('image'),
        is_collapsible: flag,
        default_collapsed: flag,
        has_header_divider: flag,
      },
    ),
    anyOf('title', 'rich_text_title'),
    needs('default_collapsed', 'is_collapsible'),
  ),
  plan: shape({ title: text(3_000) }, { ...own, tasks: list(100, byType({ task_card: task }), 0) }),
  task_card: task,
  context_actions: shape({ elements: list(5, contextAction) }, own),
};

/** Slack lists them for modals too, where they are not drawn. */
const CARDS: Record<string, Rule> = {
  card,
  carousel: shape({ elements: list(10, byType({ card })) }, own),
};

const MODALS_ONLY: Record<string, Rule> = {
  alert: shape({ text: textObject(200) }, { ...own, level: oneOf('default', 'info', 'warning', 'error', 'success') }),
};

/** The rule for one block on this surface. */
export const blockOn: Record<Surface, Rule> = {
  message: byType({ ...everywhere('message'), ...MESSAGES_ONLY, ...CARDS }),
  modal: byType({ ...everywhere('modal'), ...MODALS_ONLY }),
  home: byType({ ...everywhere('home'), ...CARDS }),
};
