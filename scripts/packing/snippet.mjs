// snippet.html: what the dashboard shows, and a customer pastes.

export const snippet = (version, integrity) => `<script src="https://cdn.vocadesk.com/embed/v${version}/vocadesk.min.js"
        integrity="${integrity}" crossorigin="anonymous" defer></script>
<button data-vocadesk-embed="emb_abc123">Talk to us</button>
`;
