// Everything the pages need beyond HTML: htmx, and small behaviours bound to data- attributes.
import "htmx.org/dist/htmx.esm.js";
import "./behaviour/menu.js";
import "./behaviour/dialog.js";
import "./behaviour/forms.js";
import "./behaviour/lists.js";
import "./behaviour/checks.js";
import "./behaviour/tree.js";
import "./behaviour/page.js";
import "./behaviour/passkey.js";
import "./behaviour/font.js";
import "./behaviour/palette.js";
