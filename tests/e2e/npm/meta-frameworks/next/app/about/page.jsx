export default () => <p id="next-is-about">We sell lamps.</p>;
