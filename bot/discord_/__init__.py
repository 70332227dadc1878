"""Discord: conversion, events, commands and buttons over the moderation service."""
