"use client";
import { Home } from "../Home.jsx";

export const Shop = ({ settings }) => <Home shop="next" settings={settings} />;
